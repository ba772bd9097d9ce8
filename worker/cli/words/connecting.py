"""Sentences of `connect`."""

WORDS: dict[str, tuple[str, str]] = {
    "connect.nobody.google": (
        (
            "だれとしてつなぐかがありません。tsunagu.yaml に書いてください（docs/connecting.md）:\n"
            "  google: {{user: saiyo@example.co.jp, client: …, client_secret: …}}"
        ),
        (
            "Nobody is named to connect as. Write into tsunagu.yaml (docs/connecting.md):\n"
            "  google: {{user: saiyo@example.co.jp, client: …, client_secret: …}}"
        ),
    ),
    "connect.nobody.microsoft": (
        (
            "だれとしてつなぐかがありません。tsunagu.yaml に書いてください（docs/connecting.md）:\n"
            "  microsoft: {{user: saiyo@example.co.jp, tenant: …, client: …}}"
        ),
        (
            "Nobody is named to connect as. Write into tsunagu.yaml (docs/connecting.md):\n"
            "  microsoft: {{user: saiyo@example.co.jp, tenant: …, client: …}}"
        ),
    ),
    "connect.robot.google": (
        (
            "google.service_account があるので、人のサインインは使われません。"
            "どちらかを tsunagu.yaml から消してください。"
        ),
        (
            "There is a google.service_account, so nobody's sign-in is used: take one of them out"
            " of tsunagu.yaml."
        ),
    ),
    "connect.robot.microsoft": (
        (
            "microsoft に secret か certificate があるので、人のサインインは使われません。"
            "どちらかを tsunagu.yaml から消してください。"
        ),
        (
            "`microsoft` has a secret or a certificate, so nobody's sign-in is used: take one of"
            " them out of tsunagu.yaml."
        ),
    ),
    "connect.no_device": (
        (
            "Google は、メールと予定表の権限を別の端末のコードでは渡しません。"
            "ブラウザーのないコンピューターでは:\ntsunagu connect google --paste"
        ),
        (
            "Google gives rights to mail and calendars for no code that is typed on another device."
            " On a machine without a browser:\ntsunagu connect google --paste"
        ),
    ),
    "connect.no_client": (
        (
            "OAuth クライアントがありません（つくり方は docs/connecting.md）。"
            "tsunagu.yaml に書いてください:\n  google: {{client: …, client_secret: …}}"
        ),
        (
            "There is no OAuth client (docs/connecting.md says how to make one)."
            " Write into tsunagu.yaml:\n  google: {{client: …, client_secret: …}}"
        ),
    ),
    "connect.refused": ("つながりませんでした: {why}", "Not connected: {why}"),
    "connect.late": (
        "5 分待ちましたが、ブラウザーが戻りませんでした。\ntsunagu connect {provider} {elsewhere}",
        "The browser did not come back in five minutes.\ntsunagu connect {provider} {elsewhere}",
    ),
    "connect.open": (
        "{user} としてサインインし、許可してください:",
        "Sign in as {user} and allow what is asked for:",
    ),
    "connect.no_paste": (
        (
            "Microsoft では、アドレスの代わりに別の端末でコードを入れます:\n"
            "tsunagu connect microsoft --device"
        ),
        (
            "With Microsoft a code is typed on another device instead:\n"
            "tsunagu connect microsoft --device"
        ),
    ),
    "connect.device": (
        "どの端末でもよいので {address} を開き、{user} としてこのコードを入れてください:",
        "Open {address} on any device, and as {user} type this code:",
    ),
    "connect.waiting": ("ブラウザーから戻るのを待っています…", "Waiting for the browser…"),
    "connect.paste": (
        "許可したあと、開けなかったページのアドレスを貼り付けてください:",
        "When it is allowed, paste the address of the page that could not be opened:",
    ),
    "connect.page": (
        "このページは閉じてかまいません。ターミナルに戻ってください。",
        "You may close this page and go back to the terminal.",
    ),
    "connect.done": (
        "{user} とつながりました。確かめる: tsunagu doctor",
        "Connected as {user}. See whether it works: tsunagu doctor",
    ),
    "connect.sealed": (
        (
            "サインインを封じる鍵を {path} に書きました（TSUNAGU_KEY）。"
            "なくすと、つなぎ直しになります。"
        ),
        "What seals the sign-in was written into {path} (TSUNAGU_KEY); without it, connect anew.",
    ),
    "connect.in_keyring": (
        "サインインを封じる鍵は、システムのキーリングに置きました。",
        "What seals the sign-in lies in the system's keyring.",
    ),
    "connect.released": (
        "止まっていた {lane} を動かしました。続きから送ります。",
        "{lane} had been stopped and goes on where it was.",
    ),
    "connect.forgotten.google": (
        (
            "{user} のサインインを消しました。Google 側の許可は"
            " https://myaccount.google.com/connections で取り消せます。"
        ),
        (
            "The sign-in of {user} is gone; what Google allows is taken back at"
            " https://myaccount.google.com/connections"
        ),
    ),
    "connect.forgotten.microsoft": (
        (
            "{user} のサインインを消しました。Microsoft 側の許可は"
            " https://myapps.microsoft.com で取り消せます。"
        ),
        (
            "The sign-in of {user} is gone; what Microsoft allows is taken back at"
            " https://myapps.microsoft.com"
        ),
    ),
    "connect.unknown": ("{user} のサインインはありません。", "There is no sign-in of {user}."),
}
