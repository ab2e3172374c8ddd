"""The page that explains the API says in Chinese all that the API's document says in English."""

from django.test import Client
from django.utils.translation import override

from huiyin.config.api import api
from huiyin.config.api_docs import SAID, operations


def test_every_operation_stands_on_the_page_in_chinese(db: None) -> None:
    page = Client().get("/api/").content.decode()
    with override("zh-hans"):
        shown = list(operations())
    assert len(shown) == sum(len(methods) for methods in api.get_openapi_schema()["paths"].values())
    for operation in shown:
        assert operation.path in page
        said = [operation.title, *operation.said, *(p.said for p in (*operation.asked, *operation.sent) if p.said)]
        for text in said:
            assert any("\u4e00" <= c <= "\u9fff" for c in text), f"not translated: {text}"


def test_the_sentences_kept_for_the_catalogue_are_those_of_the_document() -> None:
    with override("en"):
        said = {text for o in operations() for text in (o.title, *o.said, *(p.said for p in (*o.asked, *o.sent)))}
        kept = {str(sentence) for sentence in SAID}
    assert kept <= said
