"""What this room refuses."""

from huiyin.platform.errors import Unavailable


class CarrierFault(Unavailable):
    """The carrier did not take the message; it is tried again."""

    code = "carrier_fault"
