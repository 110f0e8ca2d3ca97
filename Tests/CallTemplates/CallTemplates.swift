/// Small chat templates of our own, each in the style of a family of models, for tests of what is learnt from them.
public struct CallTemplate: Sendable, CustomStringConvertible {
    /// What is special in the way that it writes calls.
    public let style: String
    /// The template.
    public let source: String
    /// Whether a turn may hold several calls.
    public var takesSeveral = true
    /// Whether words may come before a call.
    public var takesWords = true
    /// Whether it writes thinking.
    public var thinks = false
    /// Whether objects and arrays are written as JSON.
    public var nestsInJSON = true

    /// What is special in it.
    public var description: String { style }
}

extension CallTemplate {
    /// The system's turn, the tools told in it as JSON, one a line.
    private static let system = """
        {%- if tools %}<|turn|>system
        {% for tool in tools %}{{ tool | tojson }}
        {% endfor %}<|over|>
        {% endif %}{% for m in messages %}{% if m.role == 'user' or m.role == 'system' %}<|turn|>{{ m.role }}
        {{ m.content }}<|over|>
        {% elif m.role == 'tool' %}<|turn|>tool
        {{ m.content }}<|over|>
        {% else %}<|turn|>assistant

        """

    private static let close = """
        {{ '' }}<|over|>
        {% endif %}{% endfor %}{% if add_generation_prompt %}<|turn|>assistant
        {{ '' }}{% endif %}
        """

    private static func chat(_ answer: String) -> String { system + answer + close }

    /// All of them.
    public static let all: [CallTemplate] = [
        CallTemplate(
            style: "JSON in tags, after thinking",
            source: chat(
                """
                {% if m.reasoning_content %}<think>
                {{ m.reasoning_content }}
                </think>

                {% endif %}{{ m.content }}{% for c in m.tool_calls %}{% if loop.index0 or m.content %}

                {% endif %}<call>
                {"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}
                </call>{% endfor %}
                """), thinks: true),
        CallTemplate(
            style: "a bare JSON object",
            source: chat(
                """
                {% if m.tool_calls %}{% if m.tool_calls | length > 1 %}{{ raise_exception('one call at a time') }}{% endif %}\
                {"name": "{{ m.tool_calls[0].function.name }}", "parameters": {{ m.tool_calls[0].function.arguments | tojson }}}\
                {% else %}{{ m.content }}{% endif %}
                """), takesSeveral: false, takesWords: false),
        CallTemplate(
            style: "a JSON list after a mark, with identifiers of nine letters",
            source: chat(
                """
                {% if m.tool_calls %}[CALLS] [{% for c in m.tool_calls %}{% if c.id | length != 9 %}\
                {{ raise_exception('nine letters') }}{% endif %}{"name": "{{ c.function.name }}", \
                "arguments": {{ c.function.arguments | tojson }}, "id": "{{ c.id }}"}{{ '' if loop.last else ', ' }}\
                {% endfor %}]{% else %}{{ m.content }}{% endif %}
                """), takesWords: false),
        CallTemplate(
            style: "a mark, the name, a mark, the arguments",
            source: chat(
                """
                {{ m.content }}{% for c in m.tool_calls %}[CALL]{{ c.function.name }}[WITH]{{ c.function.arguments | tojson }}\
                {% endfor %}
                """)),
        CallTemplate(
            style: "the arguments before the name",
            source: chat(
                """
                {{ m.content }}{% for c in m.tool_calls %}<call>{"arguments": {{ c.function.arguments | tojson }}, \
                "name": "{{ c.function.name }}"}</call>{% endfor %}
                """)),
        CallTemplate(
            style: "the name last, with nothing after it",
            source: chat(
                """
                {{ m.content }}{% for c in m.tool_calls %}<call>{{ c.function.arguments | tojson }} for {{ c.function.name }}\
                {% endfor %}
                """)),
        CallTemplate(
            style: "names that a list remembers for the results",
            source: """
                {%- set asked = namespace(names=[], count=0) %}{% if tools %}<|turn|>tools {{ tools | map(attribute='function') | tojson }}<|over|>
                {% endif %}{% for m in messages %}<|turn|>{{ m.role }}
                {% if m.role == 'tool' %}{{ asked.names.pop(0) if asked.names else '?' }} says {% endif %}{{ m.content }}\
                {% for c in m.tool_calls %}{% set name = c.function.name + '#' + asked.count | string %}\
                {% set asked.count = asked.count + 1 %}{% set _ = asked.names.append(name) %}\
                <call>{{ name }}<with>{{ c.function.arguments | tojson }}</call>{% endfor %}<|over|>
                {% endfor %}{% if add_generation_prompt %}<|turn|>assistant
                {{ '' }}{% endif %}
                """),
        CallTemplate(
            style: "an object whose only key is the name",
            source: chat(
                """
                {{ m.content }}{% if m.tool_calls %}<|calls|>[{% for c in m.tool_calls %}{"{{ c.function.name }}": \
                {{ c.function.arguments | tojson }}}{{ '' if loop.last else ', ' }}{% endfor %}]<|called|>{% endif %}
                """)),
        CallTemplate(
            style: "counted calls, over several lines",
            source: chat(
                """
                {% if m.tool_calls %}<|act|>[
                {% for c in m.tool_calls %}    {"call": "{{ loop.index0 }}", "tool": "{{ c.function.name }}", \
                "with": {{ c.function.arguments | tojson }}}{{ '' if loop.last else ',' }}
                {% endfor %}]<|acted|>{% else %}<|say|>{{ m.content }}<|said|>{% endif %}
                """), takesWords: false),
        CallTemplate(
            style: "a name with its number, between tokens",
            source: chat(
                """
                {{ m.content }}{% if m.tool_calls %}<|calls|>{% for c in m.tool_calls %}<|call|>functions.{{ c.function.name }}\
                :{{ loop.index0 }}<|with|>{{ c.function.arguments | tojson }}<|done|>{% endfor %}<|called|>{% endif %}
                """)),
        CallTemplate(
            style: "a fence in tokens, arguments as text",
            source: chat(
                """
                {{ m.content }}{% if m.tool_calls %}<|calls|>{% for c in m.tool_calls %}{% if loop.index0 %}

                {% endif %}<|call|>function<|sep|>{{ c.function.name }}
                ```json
                {{ c.function.arguments if c.function.arguments is string else raise_exception('text is wanted') }}
                ```<|done|>{% endfor %}<|called|>{% endif %}
                """)),
        CallTemplate(
            style: "channels",
            source: """
                {%- for t in tools or [] %}{{ t | tojson }}
                {% endfor %}{% for m in messages %}{% if m.role == 'assistant' %}{% if m.thinking %}\
                <|open|>assistant<|channel|>thoughts<|words|>{{ m.thinking }}<|close|>{% endif %}{% if m.tool_calls %}\
                <|open|>assistant to=functions.{{ m.tool_calls[0].function.name }}<|channel|>calls<|words|>\
                {{ m.tool_calls[0].function.arguments | tojson }}<|run|>{% else %}\
                <|open|>assistant<|channel|>answer<|words|>{{ m.content }}<|over|>{% endif %}\
                {% else %}<|open|>{{ m.role }}<|words|>{{ m.content }}<|over|>{% endif %}{% endfor %}\
                {% if add_generation_prompt %}<|open|>assistant{% endif %}
                """, takesSeveral: false, takesWords: false, thinks: true),
        CallTemplate(
            style: "tags with raw strings, thinking opened by the prompt",
            source: system.replacing("<|turn|>assistant\n", with: "<|turn|>assistant\n<think>\n")
                + """
                {{ m.reasoning_content }}
                </think>
                {{ m.content }}{% for c in m.tool_calls %}

                <call>
                <function={{ c.function.name }}>
                {% for k, v in c.function.arguments.items() %}<parameter={{ k }}>
                {{ v if v is string else v | tojson if v is mapping or v is sequence else v | string }}
                </parameter>
                {% endfor %}</function>
                </call>{% endfor %}
                """
                + close.replacing("<|turn|>assistant\n", with: "<|turn|>assistant\n<think>\n"), thinks: true),
        CallTemplate(
            style: "tags of keys and values",
            source: chat(
                """
                {{ m.content }}{% for c in m.tool_calls %}<call>{{ c.function.name }}{% for k, v in c.function.arguments.items() %}\
                <key>{{ k }}</key><value>{{ v if v is string else v | tojson }}</value>{% endfor %}</call>{% endfor %}
                """)),
        CallTemplate(
            style: "tags that tell the kind of value",
            source: chat(
                """
                {{ m.content }}{% if m.tool_calls %}<|calls|>
                {% for c in m.tool_calls %}<invoke name="{{ c.function.name }}">
                {% for k, v in c.function.arguments.items() %}<parameter name="{{ k }}" string="{{ 'true' if v is string else 'false' }}">\
                {{ v if v is string else v | tojson }}</parameter>
                {% endfor %}</invoke>
                {% endfor %}<|called|>{% endif %}
                """)),
        CallTemplate(
            style: "tags named by the keys, nested",
            source: """
                {%- macro tags(value) %}{% if value is mapping %}{% for k, v in value.items() %}<{{ k }}>{{ tags(v) }}</{{ k }}>\
                {% endfor %}{% elif value is string %}{{ value }}{% elif value is sequence %}{% for v in value %}\
                <item>{{ tags(v) }}</item>{% endfor %}{% else %}{{ value | tojson }}{% endif %}{% endmacro %}
                """
                    + chat(
                        """
                        {{ m.content }}{% if m.tool_calls %}<calls>
                        {% for c in m.tool_calls %}<invoke name="{{ c.function.name }}">{{ tags(c.function.arguments) }}</invoke>
                        {% endfor %}</calls>{% endif %}
                        """), nestsInJSON: false),
        CallTemplate(
            style: "quotes that are tokens, keys bare and sorted",
            source: """
                {%- macro plain(value) %}{% if value is string %}<|q|>{{ value }}<|q|>{% elif value is mapping %}{{ '{' }}\
                {% for k, v in value | dictsort %}{{ ',' if loop.index0 }}{{ k }}:{{ plain(v) }}{% endfor %}}\
                {% elif value is boolean %}{{ 'true' if value else 'false' }}{% elif value is sequence %}[{% for v in value %}\
                {{ ',' if loop.index0 }}{{ plain(v) }}{% endfor %}]{% else %}{{ value }}{% endif %}{% endmacro %}
                """
                    + chat(
                        """
                        {{ m.content }}{% for c in m.tool_calls %}<|call|>call:{{ c.function.name }}{{ plain(c.function.arguments) }}\
                        <|done|>{% endfor %}
                        """), nestsInJSON: false),
        CallTemplate(
            style: "tags, strings with signs in quotes of their own",
            source: chat(
                """
                {{ m.content }}{% for c in m.tool_calls %}<call name="{{ c.function.name }}">\
                {% for k, v in c.function.arguments.items() %}<with name="{{ k }}">\
                {% if v is string and ('<' in v or '\\n' in v) %}<![CDATA[{{ v }}]]>{% else %}{{ v if v is string else v | tojson }}{% endif %}\
                </with>{% endfor %}</call>{% endfor %}
                """)),
        CallTemplate(
            style: "an end that one call alone has not, words behind a mark, thinking that may only end",
            source: chat(
                """
                {% if m.reasoning_content %}<think>{{ m.reasoning_content }}{% endif %}</think>\
                {% if m.tool_calls %}<calls>{% for c in m.tool_calls %}<call>{{ c.function.name }}
                {{ c.function.arguments | tojson }}</call>{% endfor %}{% if m.tool_calls | length > 1 %}</calls>{% endif %}\
                {% else %} to=person
                {{ m.content }}{% endif %}
                """), takesWords: false, thinks: true),
        CallTemplate(
            style: "a list of calls as in Python",
            source: chat(
                """
                {{ m.content }}{% if m.tool_calls %}<|calls|>[{% for c in m.tool_calls %}{{ c.function.name }}(\
                {% for k, v in c.function.arguments.items() %}{{ k }}={{ "'" + v + "'" if v is string else v | string }}\
                {{ '' if loop.last else ', ' }}{% endfor %}){{ '' if loop.last else ', ' }}{% endfor %}]<|called|>{% endif %}
                """), nestsInJSON: false),
    ]
}
