"""What a call's tool message says when it does not simply run, and how the answer tells of it."""

from catalogue import dumps

REJECTED = "Error: a reviewer rejected this call. It did not run."


def note(arguments):
    """The line before the result of a call that a reviewer replaced."""
    return (
        "Note: a reviewer replaced this call before it ran; do not issue it again. "
        f"Arguments that ran: {dumps(arguments)}\n"
    )


def subject(call):
    arguments = call["arguments"]
    return {
        "get_open_tickets": lambda: f"the tickets of {arguments['assignee']}",
        "get_ticket": lambda: f"ticket {arguments['id']}",
        "get_comments": lambda: f"the comments on {arguments['ticket_id']}",
        "create_ticket": lambda: f"the ticket {arguments['title']}",
        "notify_user": lambda: f"the message to {arguments['user']}",
    }[call["name"]]()


def exceptional(sampler, call):
    """A tool message for a call that a person answered, rejected or cancelled, or that failed; and the sentence."""
    random = sampler.random
    kind = random.random()
    what = subject(call)
    if kind < 0.1:
        text = " ".join(
            random.choice([
                sampler.word(), sampler.comment(), sampler.name(), str(random.randint(1, 99)), "is fine", "ask",
                "not needed", "done by",
            ])
            for _ in range(random.randint(1, 4))
        )
        return text, f"The answer for {what} was: {text}."
    if kind < 0.3:
        return REJECTED, f"A reviewer rejected the call for {what}."
    if kind < 0.65:
        reason = random.choice([
            "not now", "ask the owner first", "wrong ticket", "too noisy", "private", "not needed",
            f"{sampler.word()} {sampler.word()}", f"{sampler.name()} is on leave", "we do not do that",
        ])
        return f"{REJECTED} Reason: {reason}", f"A reviewer rejected the call for {what}: {reason}."
    if kind < 0.75:
        reason = random.choice(["not allowed", "protected", f"{sampler.word()} only", "office hours only"])
        message = f"Error: a rule rejected this call. It did not run. Reason: {reason}"
        return message, f"A rule rejected the call for {what}: {reason}."
    if kind < 0.82:
        return "Error: the call was cancelled.", f"The call for {what} was cancelled."
    if kind < 0.9:
        message = "the tool did not answer within 30 seconds."
        return f"Error: {message}", f"The call for {what} failed: {message}"
    failure = random.choice([
        "database is locked", "disk is full", "no connection", "the network is down", f"{sampler.word()} failed",
        "out of memory", f"{sampler.word()} {sampler.word()} {sampler.word()}",
        "the arguments do not match the schema: " + sampler.word() + " " + sampler.word(),
        f"/{sampler.word()}: {sampler.comment()}",
    ])
    return f"Error: {failure}", f"The call for {what} failed: {failure}."
