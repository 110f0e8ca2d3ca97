/// A chat template for files that have none: which one is told by the tags of the vocabulary.
struct PresumedTemplate {
    /// Whose turns these are, for the finding.
    let family: String
    let source: String

    /// The template of a vocabulary with those special tokens; `nil` where none is known.
    init?(hasToken: (String) -> Bool) {
        if hasToken("<start_of_turn>") {
            self = .gemma
        } else if hasToken("<|start_header_id|>") {
            self = .llama3
        } else if hasToken("[INST]") {
            self = .mistral
        } else {
            return nil
        }
    }

    private init(family: String, source: String) { (self.family, self.source) = (family, source) }

    /// Turns between `<start_of_turn>` and `<end_of_turn>`, without a role for the system (Google, "Gemma formatting and
    /// system instructions").
    private static let gemma = PresumedTemplate(
        family: "Gemma",
        source: """
            {{ bos_token }}{% for m in messages %}{% if m.role not in ['user', 'assistant'] %}\
            {{ raise_exception('there is no role ' ~ m.role) }}{% endif %}\
            <start_of_turn>{{ 'model' if m.role == 'assistant' else 'user' }}
            {{ m.content | trim }}<end_of_turn>
            {% endfor %}{% if add_generation_prompt %}<start_of_turn>model
            {{ '' }}{% endif %}
            """)

    /// A header a turn, tools in the system's turn, results from `ipython` (Meta, "Llama 3.1 model card and prompt
    /// formats").
    private static let llama3 = PresumedTemplate(
        family: "Llama 3",
        source: """
            {{ bos_token }}{% set told = messages[0].content if messages[0].role == 'system' else '' %}\
            {% if told or tools %}<|start_header_id|>system<|end_header_id|>

            {% if tools %}Environment: ipython

            {% endif %}{{ told }}{% if tools %}{% if told %}

            {% endif %}These functions can be called. To call one, answer with nothing but the JSON object \
            {"name": the function's name, "parameters": an object of its arguments}; separate several by a semicolon.\
            {% for t in tools %}

            {{ t | tojson(indent=2) }}{% endfor %}{% endif %}<|eot_id|>{% endif %}\
            {% for m in messages if m.role != 'system' %}\
            <|start_header_id|>{{ 'ipython' if m.role == 'tool' else m.role }}<|end_header_id|>

            {{ m.content }}{% for c in m.tool_calls or [] %}{{ '; ' if loop.index0 }}\
            {"name": "{{ c.function.name }}", "parameters": {{ c.function.arguments | tojson }}}{% endfor %}<|eot_id|>\
            {% endfor %}{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>

            {{ '' }}{% endif %}
            """)

    /// Tools before the last question, a list of calls, each result with its call's ID (Mistral's tokenizer, third
    /// version); the system has no turn of its own.
    private static let mistral = PresumedTemplate(
        family: "Mistral",
        source: """
            {{ bos_token }}{% set ns = namespace(last=-1) %}{% for m in messages %}\
            {% if m.role == 'user' %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}\
            {% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('there is no role system') }}\
            {% elif m.role == 'user' %}{% if tools and loop.index0 == ns.last %}\
            [AVAILABLE_TOOLS] {{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}[INST] {{ m.content }}[/INST]\
            {% elif m.role == 'tool' %}[TOOL_RESULTS] {"content": {{ m.content | tojson }}, \
            "call_id": "{{ m.tool_call_id }}"}[/TOOL_RESULTS]\
            {% else %}{% if m.content %} {{ m.content }}{% endif %}{% if m.tool_calls %}[TOOL_CALLS] [\
            {% for c in m.tool_calls %}{% if c.id | length != 9 %}{{ raise_exception('an ID has nine letters') }}{% endif %}\
            {"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}, "id": "{{ c.id }}"}\
            {{ '' if loop.last else ', ' }}{% endfor %}]{% endif %}{{ eos_token }}{% endif %}{% endfor %}
            """)
}
