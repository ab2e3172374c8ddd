"""Public doors of this room: outlines of a community's grids."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control

from huiyin.org import queries
from huiyin.org.doors import Request, public


@public
@cache_control(public=True, max_age=300)
def community_map(request: Request, slug: str) -> HttpResponse:
    """The grids of a community as GeoJSON."""
    here = queries.community(request.actor, slug)
    return JsonResponse(queries.community_map(request.actor, here.id))
