"""Where Microsoft's clouds are. A token of one is worth nothing in another.

https://learn.microsoft.com/graph/deployments
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud: who signs us in, and whom we ask."""

    authority: str
    graph: str

    @property
    def scope(self) -> str:
        """Give what a token is asked for: every right that an administrator granted."""
        return f"{self.graph}/.default"


CLOUDS: Mapping[str, Cloud] = {
    "global": Cloud("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "us-gov": Cloud("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    "us-dod": Cloud("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    "china": Cloud(
        "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"
    ),
}
