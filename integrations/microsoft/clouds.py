"""Where Microsoft's clouds are. A token of one is worth nothing in another.

https://learn.microsoft.com/graph/deployments
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud: who signs us in, whom we ask, and what its mail servers want tokens for.

    https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
    names those of the first for people and for applications; the others follow the names of their
    servers.
    """

    authority: str
    graph: str
    outlook: str = "https://outlook.office.com"  # what people consent to
    servers: str = "https://outlook.office365.com"  # what an application asks for

    @property
    def scope(self) -> str:
        """Give what a token is asked for: every right that an administrator granted."""
        return f"{self.graph}/.default"

    @property
    def servers_scope(self) -> str:
        """Give the same for the mail servers."""
        return f"{self.servers}/.default"


CLOUDS: Mapping[str, Cloud] = {
    "global": Cloud("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "us-gov": Cloud(
        "https://login.microsoftonline.us",
        "https://graph.microsoft.us",
        "https://outlook.office365.us",
        "https://outlook.office365.us",
    ),
    "us-dod": Cloud(
        "https://login.microsoftonline.us",
        "https://dod-graph.microsoft.us",
        "https://outlook-dod.office365.us",
        "https://outlook-dod.office365.us",
    ),
    "china": Cloud(
        "https://login.partner.microsoftonline.cn",
        "https://microsoftgraph.chinacloudapi.cn",
        "https://partner.outlook.cn",
        "https://partner.outlook.cn",
    ),
}
