"""The settings of mail, as its channel takes them."""

from notifiers import email
from tracker.setting_groups import EmailSettings


def mail_settings(settings: EmailSettings) -> email.EmailSettings:
    """``[email]`` for the channel."""
    return email.EmailSettings(
        host=settings.host,
        sender=settings.sender,
        port=settings.port,
        security=email.Security(settings.security),
        username=settings.username,
        password=settings.password,
        timeout_s=settings.timeout_s,
    )
