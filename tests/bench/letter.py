"""The mail and the people that every figure is taken with, the same for us and the yardsticks.

A Japanese mail in text and HTML of about 6 kB as it crosses the wire, with six personal fields.
"""

import json
from pathlib import Path

from worker.playbook.templates.layout import Layout, shipped
from worker.playbook.templates.mail import RenderedMail, compile_template, render
from worker.playbook.templates.words import Words

SUBJECT = "【株式会社つなぐ】{{ name }}さん、ご入社までのご案内です"
LAYOUT = """\
<!DOCTYPE html><html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ subject }}</title>
<style>p { margin: 0 0 16px; font-size: 16px; line-height: 1.8; color: #222222; }</style></head>
<body>{{ content }}</body></html>
"""
BODY = """\
{{ name }}さん、こんにちは。株式会社つなぐ 採用担当の佐藤です。

このたびは内定をご承諾いただき、誠にありがとうございます。社員一同、{{ department }}で\
{{ name }}さんとご一緒できる日を心から楽しみにしております。

入社日の{{ join_date }}まで、月に一度ほど、会社のことや先輩社員の声をお届けしてまいります。\
学業やご予定を最優先にしていただき、お時間のあるときにお読みください。ご返信は不要です。

ご入社までの間は、{{ department }}の{{ mentor }}がご相談相手を務めます。配属のこと、住まいの\
こと、どのような小さなことでも、このメールへのご返信でお気軽にお尋ねください。

書類は社員番号{{ id }}、宛先{{ email }}でお預かりしております。

次の懇親会は秋を予定しております。先輩社員や同期の皆さまと気軽にお話しいただける場ですので、\
ご都合がよろしければぜひお越しください。ご参加は自由で、選考や配属には一切影響いたしません。

それでは、{{ name }}さんにお会いできる日を楽しみにしております。今後ともどうぞよろしくお願い\
いたします。
"""
CLOSING = ("株式会社つなぐ 人事部 採用担当 佐藤 美咲", "saiyo@example.co.jp / 03-0000-0000")
FAMILY = ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤")
GIVEN = ("葵", "陽菜", "凛", "結衣", "美月", "蓮", "湊", "樹", "悠真", "大翔")
DEPARTMENTS = ("開発部", "営業部", "企画部", "品質保証部")


def person(number: int) -> dict[str, str]:
    """Give the six fields of person *number*, always the same."""
    return {
        "id": f"T{number:06d}",
        "name": f"{FAMILY[number % 10]} {GIVEN[number // 10 % 10]}",
        "email": f"person{number:06d}@example.jp",
        "department": DEPARTMENTS[number % 4],
        "mentor": f"{FAMILY[number // 7 % 10]} {GIVEN[number // 3 % 10]}",
        "join_date": "2027年4月1日",
    }


OURS = {
    "id": "person.id",
    "name": "person.name",
    "email": "person.email",
    "department": "person.department",
    "mentor": "person.supporter",
    "join_date": "person.welcome_day",
}


def markdown() -> str:
    """Give our template: one Markdown file for both parts."""
    closing = "  \n".join(CLOSING)
    written = f"---\nsubject: {json.dumps(SUBJECT, ensure_ascii=False)}\n---\n\n{BODY}\n{closing}\n"
    for field, ours in OURS.items():
        written = written.replace(f"{{{{ {field} }}}}", f"{{{{ {ours} }}}}")
    return written


def as_django_templates() -> RenderedMail:
    """Give the very same mail as templates of Django: rendered with its own placeholders."""
    compiled = compile_template(markdown(), "mails/letter.md", Layout(LAYOUT, shipped().text))
    placeholders = {ours.partition(".")[2]: f"{{{{ {field} }}}}" for field, ours in OURS.items()}
    names: dict[str, object] = dict.fromkeys(compiled.roots, "")
    company = Words("company", {"name": "株式会社つなぐ"})
    words = {**names, "person": Words("person", placeholders), "company": company}
    return render(compiled, words)


def write_for_post_office(folder: Path, count: int) -> None:
    """Write what the yardstick's own script reads."""
    people = [person(number) for number in range(count)]
    mail = as_django_templates()
    (folder / "people.json").write_text(json.dumps(people, ensure_ascii=False), encoding="utf-8")
    (folder / "subject.txt").write_text(mail.subject, encoding="utf-8")
    (folder / "body.txt").write_text(mail.text, encoding="utf-8")
    (folder / "body.html").write_text(mail.html, encoding="utf-8")
