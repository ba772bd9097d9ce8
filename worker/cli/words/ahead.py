"""Sentences about what is to come: plan, preview, simulate, rehearse, diff, migrate."""

WORDS: dict[str, tuple[str, str]] = {
    "cast.nobody": (
        "{playbook} に当てはまる人がいません。表を指定してください: --people FILE",
        "Nobody fits {playbook}. Name a table: --people FILE",
    ),
    "cast.empty": (
        "人が一人もいません。表を指定してください: --people FILE",
        "There is nobody. Name a table: --people FILE",
    ),
    "cast.unknown": (
        "「{name}」という人は、この中にいません。いるのは: {known}",
        "Nobody here is called '{name}'. There are: {known}",
    ),
    "simulate.progress": ("一年を進めています", "living through the year"),
    "simulate.nobody": (
        "{playbook} の for: に当てはまる人がいません。別の表を指定してください: --people FILE",
        "Nobody fits the `for:` of {playbook}. Name another table: --people FILE",
    ),
    "simulate.span": (
        "{n} 人、{since} から {until} まで。外には何も出ていません。",
        "{n|person|people}, from {since} to {until}. Nothing left this machine.",
    ),
    "simulate.declined": ("辞退した人 {n}", "{n} declined"),
    "simulate.accept": ("途中で承諾した人 {n}", "{n} accepted on the way"),
    "simulate.by_step": ("ステップごと", "By step"),
    "simulate.by_ladder": ("返事と催促", "Answers and ladders"),
    "simulate.by_month": ("月ごと", "By month"),
    "simulate.left_out": ("行わなかったもの", "Left out"),
    "simulate.left.skipped": (
        "{step}: 条件に合わず {n} 回行わない",
        "{step}: skipped {n|time|times}, its condition did not hold",
    ),
    "simulate.left.missed": (
        "{step}: 時機を過ぎて {n} 回行わない",
        "{step}: missed {n|time|times}, its time had passed",
    ),
    "simulate.burden": ("一人あたりの連絡", "Messages to one person"),
    "simulate.middle": (
        "一年を通して、真ん中の人で {middle} 通、最も多い人で {most} 通",
        "in all: {middle} in the middle, {most} at most",
    ),
    "simulate.most.day": ("24 時間で最も多くて {n} 通", "within 24 hours: {n} at most"),
    "simulate.most.fortnight": ("2 週間で最も多くて {n} 通", "within two weeks: {n} at most"),
    "simulate.most.month": ("30 日で最も多くて {n} 通", "within 30 days: {n} at most"),
    "simulate.heaviest": ("多い人: {people}", "most to: {people}"),
    "simulate.step": ("ステップ", "step"),
    "simulate.kind": ("種類", "kind"),
    "simulate.count": ("回数", "count"),
    "simulate.people": ("人数", "people"),
    "simulate.month": ("月", "month"),
    "simulate.asked": ("尋ねた", "asked"),
    "simulate.answered": ("返事", "answered"),
    "simulate.silent": ("返事なし", "silent"),
    "simulate.climbed": ("催促の段ごとの人数", "people on each rung"),
}
