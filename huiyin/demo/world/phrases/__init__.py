"""The words of an invented county: what residents ask and offices answer."""

from huiyin.demo.world.phrases.care import CARE
from huiyin.demo.world.phrases.filing import HEADINGS, Heading
from huiyin.demo.world.phrases.homes import HOMES
from huiyin.demo.world.phrases.neighbours import NEIGHBOURS
from huiyin.demo.world.phrases.public import PUBLIC_LIFE
from huiyin.demo.world.phrases.seasons import SEASONAL
from huiyin.demo.world.phrases.special import ABOUT_STAFF, EMERGENCY
from huiyin.demo.world.phrases.streets import STREETS
from huiyin.demo.world.phrases.subject import Subject
from huiyin.demo.world.phrases.village import VILLAGE
from huiyin.demo.world.phrases.work import WORK

SUBJECTS: tuple[Subject, ...] = HOMES + STREETS + CARE + WORK + NEIGHBOURS + VILLAGE + SEASONAL + PUBLIC_LIFE

__all__ = ["ABOUT_STAFF", "EMERGENCY", "HEADINGS", "SUBJECTS", "Heading", "Subject"]
