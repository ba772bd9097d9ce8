"""Mail templates: Markdown with front matter and Jinja2, compiled once, rendered for many.

`source` reads a file, `markdown` makes HTML and text of it, `layout` is the page around it,
`sandbox` is what expressions may do, `words` is what they may name, `mail` puts it together,
`names` says which words a template uses and which of them a person lacks.
"""
