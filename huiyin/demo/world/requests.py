"""What one resident says: the place, the words, the channel and the name given."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from huiyin.demo.world.gazetteer import Gazetteer
from huiyin.demo.world.names import ROADS, Register
from huiyin.demo.world.phrases import EMERGENCY, Subject, asides, sayings
from huiyin.demo.world.records import Building, Channel, DeliveredBy, Resident
from huiyin.demo.world.speech import local_speech

_CHANNELS: dict[Channel, int] = {
    "web": 34,
    "phone": 24,
    "chat_group": 16,
    "desk": 12,
    "visit": 9,
    "meeting": 5,
}
_ASIDE, _LONG = 0.72, 110  # how often something is added, and from which length nothing more is said
_OF_KIND: dict[str, list[tuple[str, ...]]] = {
    "complaint": [asides.OF_A_COMPLAINT],
    "question": [asides.OF_A_QUESTION],
    "suggestion": [asides.OF_A_SUGGESTION],
}
_FELT = ("request", "complaint")
_ANONYMOUS = {"web": 0.12, "phone": 0.06}
# Slips of the pen as people make them on a telephone keyboard.
_SLIPS = (
    ("反映", "反应"),
    ("安装", "按装"),
    ("一直", "一值"),
    ("账", "帐"),
    ("部分", "部份"),
    ("再", "在"),
    ("，", " "),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the matter is: `building` gives its point, `text` is how people call it."""

    text: str
    building: Building | None
    exact: bool


@dataclass(slots=True)
class Voice:
    """Speaks for residents; no two matters in the same words, as long as the banks allow."""

    gazetteer: Gazetteer
    register: Register
    rng: Random
    said: set[str]

    def spot(self, subject: Subject, building: Building | None) -> Spot:
        """Return the place of the matter as its subject would name it."""
        if building is None or subject.where == "nowhere":
            return Spot("", None, exact=False)
        estate = self.gazetteer.estates[building.estate_key].name
        village = self.gazetteer.units[self._community(building)].kind == "village"
        if subject.where in ("stairwell", "building"):
            stairwells = self.gazetteer.stairwells(building) if subject.where == "stairwell" else []
            stairwell = self.rng.choice(stairwells) if stairwells else ""
            return Spot(f"{estate}{building.name}{stairwell}", building, exact=True)
        if subject.where == "market":
            return Spot(f"{estate}{building.name}", building, exact=True)
        if subject.where == "spot":
            spots = sayings.VILLAGE_SPOTS if village else sayings.TOWN_SPOTS
            return Spot(f"{estate}{self.rng.choice(spots)}", building, exact=False)
        if subject.where == "road":
            return Spot(self._road(estate, building, village=village), building, exact=False)
        return Spot(estate, building, exact=False)

    def words(
        self,
        subject: Subject,
        ask: int,
        *,
        channel: Channel,
        place: str,
        community_key: str,
        staff: str = "",
        again: bool = False,
    ) -> str:
        """Return what the resident says, at most 300 characters; `again` when others said the same before."""
        for attempt in range(40):
            channel = channel if attempt < 3 else "chat_group"  # with a greeting or a last word it differs
            text = self._once(subject, ask, channel=channel, place=place, staff=staff)
            text = self.rng.choice(asides.AGAIN).format(words=text) if again else text
            text = local_speech(text, self.gazetteer, community_key)
            if text not in self.said:
                break
        self.said.add(text)
        return text[:300]

    def channel(self) -> Channel:
        """Return a channel, each as often as offices report."""
        return self.rng.choices(list(_CHANNELS), weights=list(_CHANNELS.values()))[0]

    def resident(self, channel: Channel, *, named: bool) -> Resident | None:
        """Return who asks, or None for a matter without a name."""
        if not named and self.rng.random() < _ANONYMOUS.get(channel, 0.0):
            return None
        name, spelling = self.register.person()
        if channel in ("chat_group", "visit", "phone") and self.rng.random() < 0.6:
            name = name[0] + self.rng.choice(sayings.CALLED)
        written = channel == "web" and self.rng.random() < 0.35
        email = f"{spelling}@mail.example" if written else None
        reachable = channel == "phone" or (channel == "web" and email is None) or self.rng.random() < 0.45
        return Resident(name, self.register.phone() if reachable else None, email)

    def ways_back(self, channel: Channel, resident: Resident | None) -> tuple[DeliveredBy, ...]:
        """Return the ways by which an answer can reach this resident."""
        ways: list[DeliveredBy] = []
        if resident and resident.email:
            ways += ["email", "email", "page"]
        if resident and resident.phone:
            ways += ["phone", "phone", "phone"]
        if channel in ("desk", "meeting") and resident:
            ways += ["paper", "visit"]
        if channel in ("visit", "chat_group") and resident:
            ways += ["visit", "visit"]
        return tuple(ways) or ("page",)

    def usual_way(self, channel: Channel, resident: Resident | None) -> DeliveredBy:
        """Return how the office tells this resident the result of an order, nobody having chosen."""
        phone, email = bool(resident and resident.phone), bool(resident and resident.email)
        if channel in ("phone", "chat_group") and phone:
            return "phone"
        if channel == "visit":
            return "visit"
        return "email" if email and not phone else "page"

    def _once(self, subject: Subject, ask: int, *, channel: Channel, place: str, staff: str) -> str:
        rng = self.rng
        template = self._with_asides(subject, subject.asks[ask])
        if channel in ("web", "phone", "chat_group") and subject not in EMERGENCY:
            quiet = subject.private or subject.kind == "question"
            greetings = sayings.QUIET_GREETINGS if quiet else sayings.GREETINGS
            closings = sayings.QUIET_CLOSINGS if quiet else sayings.CLOSINGS
            template = (rng.choice(greetings) if rng.random() < 0.3 else "") + template
            template += rng.choice(closings) if rng.random() < 0.4 else ""
        text = template.format(
            place=place,
            since=rng.choice(sayings.SINCE),
            hour=rng.choice(sayings.HOURS),
            kin=rng.choice(sayings.KIN),
            age=rng.randint(70, 91),
            n=rng.randint(2, 6),
            money=rng.randint(12, 98),
            staff=staff,
        )
        return self._written_down(text, channel)

    def _with_asides(self, subject: Subject, template: str) -> str:
        """Return a wording with a sentence or two of the resident's own: people seldom say the bare thing."""
        if subject in EMERGENCY or len(template) > _LONG or self.rng.random() > _ASIDE:
            return template
        own = asides.OF_ONES_OWN if subject.private or subject.where == "nowhere" else asides.OF_A_PLACE
        bank = self.rng.choice(_OF_KIND.get(subject.kind, []) + ([own] if subject.kind in _FELT else []))
        chosen = self.rng.sample(bank, 2 if self.rng.random() < 0.25 else 1)
        end = "" if template[-1] in "。？！?!." else "。"
        return template + end + "".join(chosen)

    def _written_down(self, text: str, channel: Channel) -> str:
        """Return the text as it got into the register: typed by the resident, or by whoever listened."""
        if channel in ("web", "chat_group") and self.rng.random() < 0.12:
            text = text.replace(*self.rng.choice(_SLIPS), 1)
        forms = {"meeting": sayings.MEETING_FORMS, "phone": sayings.RELAYED}.get(channel, ("{words}",))
        return self.rng.choice(forms).format(words=text)

    def _road(self, estate: str, building: Building, *, village: bool) -> str:
        if village:
            return estate + self.rng.choice(("进村的路", "通往邻村的路", "到河边那条路", "后山的路"))
        start = sum(map(ord, self._community(building)))  # a community lies along the same few roads
        road = ROADS[(start + self.rng.randrange(3)) % len(ROADS)]
        return self.rng.choice((f"{road}靠近{estate}", f"{estate}门口的{road}", f"{road}{estate}那一段"))

    def _community(self, building: Building) -> str:
        return self.gazetteer.estates[building.estate_key].community_key
