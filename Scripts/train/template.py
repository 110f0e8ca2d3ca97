"""The prompt format as a Jinja chat template, for other programs that read the GGUF file."""

CHAT_TEMPLATE = """{%- for m in messages -%}
{%- if m.role == 'system' -%}
<|im_start|>system
{{ m.content }}{% if tools %}

Functions you can call:
<tools>
{% for t in tools %}{{ t | tojson }}
{% endfor %}</tools>
To call one, write {"name": ‹name›, "arguments": ‹object›} inside <tool_call></tool_call>; \
several calls may follow one another.{% endif %}<|im_end|>
{% elif m.role == 'user' -%}
<|im_start|>user
{{ m.content }}<|im_end|>
{% elif m.role == 'assistant' -%}
<|im_start|>assistant
{% if m.tool_calls %}{% for c in m.tool_calls %}{% if not loop.first %}
{% endif %}<tool_call>
{"name": {{ c.function.name | tojson }}, "arguments": {{ c.function.arguments | tojson }}}
</tool_call>{% endfor %}{% else %}{{ m.content }}{% endif %}<|im_end|>
{% elif m.role == 'tool' -%}
{% if loop.previtem.role != 'tool' %}<|im_start|>user
{% else %}
{% endif %}<tool_response>
{{ m.content }}
</tool_response>{% if loop.last or loop.nextitem.role != 'tool' %}<|im_end|>
{% endif %}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}<|im_start|>assistant
{% endif -%}"""
