extension Workflow {
    /// A commented workflow file to start from: the demo, with every key that the format knows.
    public static let template = """
        # A Callgate workflow: a model, its tools and the rules of the run.
        # yaml-language-server: $schema=workflow.schema.json
        name: support-desk

        model:
          embedded: builtin          # or the path of a GGUF file
          # scripted: responses.json # a file of responses, for tests
          # or a server; a key is only ever named by the environment variable that holds it:
          # openai: {model: NAME, url: "https://HOST/v1", key: MY_API_KEY, logprobs: 20}
          # anthropic: {model: NAME}         # key: ANTHROPIC_API_KEY by default
          # ollama: {model: NAME, logprobs: 20}
          # llama-server: {url: "http://127.0.0.1:8080"}   # masked token by token on this side

        system: >-
          You are the support desk assistant. Use the functions to look things up; never guess.
          A ticket without comments is not making progress.

        prompt: which high-priority tickets is Maya not making progress on?

        tools:
          - builtin: support-desk
            database: support-desk.sqlite   # created and seeded at first use

          # A command: a program and its arguments, without a shell; {path} is the call's argument.
          # - name: count_words
          #   description: Counts the words of a text file.
          #   parameters:
          #     type: object
          #     properties: {path: {type: string}}
          #     required: [path]
          #   command:
          #     run: [wc, -w, --, "{path}"]  # or  shell: 'wc -w -- "$ARG_path"'
          #     stdin: none                # or json: the arguments as JSON
          #     folder: .
          #     environment: [PATH, LANG=C]
          #     seconds: 10
          #     output-bytes: 65536

          # A tool without a body: you answer its calls yourself (r), before any code exists.
          # - name: ask_the_boss
          #   description: Asks the boss a question.
          #   parameters: {type: object, properties: {question: {type: string}}, required: [question]}

          # An HTTP request; keys come from the environment.
          # - name: get_weather
          #   description: Tells the weather of a city.
          #   parameters: {type: object, properties: {city: {type: string}}, required: [city]}
          #   http:
          #     method: GET
          #     url: https://api.example.org/cities/{city}/weather
          #     query: {units: metric}
          #     headers: {Authorization: "Bearer ${WEATHER_KEY}"}

          # Every operation of an OpenAPI 3 document.
          # - openapi: petstore.yaml
          #   server: http://localhost:8080
          #   tools: [getPet*]

          # The tools of MCP servers, from the file that other programs use too, or named here.
          # - mcp: mcp.json              # {"mcpServers": {"time": {"command": "mcp-server-time"}}}
          #   servers: [time]            # only these
          #   tools: ["get_*"]           # only these
          #   prefix: true               # named time_get_current_time

        # How many calls of one round run at the same time.
        parallel: 4

        # On whose behalf the tools are called: rules ask for it with ~principal.
        principal: support-desk

        # Which calls run: deny is looked at first, then ask, then allow; paths are relative to this file.
        policy:
          default: ask
          # approval-timeout: 3600   # seconds after which a call that nobody has decided is denied
          deny:
            - name: nobody-outside
              tool: notify_user
              when:
                /user: "@"                  # a regular expression on an argument, found by its JSON Pointer
              reason: only people of this desk can be notified
            - name: no-invented-tickets
              when: ~arg ticket_id=. & ~unseen   # or a filter expression: docs/filters.md
          allow:
            - name: reading
              tool: get_*

        # What the model is told of an edited call: annotate, rewrite or silent.
        edit-mode: annotate

        limits:
          rounds: 8
          tokens: 8192
          response-tokens: 1024
          seconds: 600             # of model and tool time; time in which a person decides does not count
          tool-seconds: 30
          result-bytes: 262144

        sampling:
          temperature: 0           # 0 takes the most probable token
          top-p: 1
          seed: 0

        # What the mask fixes beyond the tools' schemas.
        mask:
          keys: any                # or schema: in the schema's order
          spaces: one              # compact, one (after , and :) or any

        """
}
