"""The API for programs, put together from the rooms, and the page that explains it."""

from ninja import NinjaAPI

from huiyin.needs.api import v1
from huiyin.org import api as org

api = org.speak_plainly(
    NinjaAPI(
        title="Huiyin 回音",
        version="1",
        description="Matters of residents for programs of other offices.",
        urls_namespace="api",
        docs_url=None,
        openapi_url="openapi.json",
    )
)
api.add_router("", org.router)
api.add_router("", v1.router)

urlpatterns = org.opened(api.urls[0])
