"""E-mail by SMTP."""

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from django.conf import settings

from huiyin.notify.errors import CarrierFault

TIMEOUT_S = 20


def send(to: str, subject: str, body: str) -> None:
    """Hand one e-mail to the mail server of HUIYIN_EMAIL_URL. Raises CarrierFault."""
    server = urlsplit(settings.EMAIL_URL)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.EMAIL_FROM, to, subject
    mail.set_content(body)
    maker = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    try:
        with maker(server.hostname or "localhost", server.port or 0, timeout=TIMEOUT_S) as smtp:
            if server.scheme == "smtp+tls":
                smtp.starttls()
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.send_message(mail)
    except Exception as error:  # a library's fault over an odd address must not end the job either
        raise CarrierFault(type(error).__name__) from error  # its text may hold the address in clear
