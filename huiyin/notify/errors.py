"""What this room refuses."""

from huiyin.platform.errors import Invalid, Unavailable


class CarrierFault(Unavailable):
    """The carrier did not take the message; it is tried again."""

    code = "carrier_fault"


class AddressRefused(Invalid):
    """An address that our server may not call."""

    code = "address_refused"
    default = "This address cannot be called: %(why)s"
    advice = "Give an https address on the internet, or ask the administrator to allow your network."


class HookGone(CarrierFault):
    """The other side says that nobody listens there any more."""

    code = "hook_gone"
