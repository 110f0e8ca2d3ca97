"""Whole support-desk conversations: the request, the calls, their results and the answer.

Each task is a function that fills a Conversation. The answers state only what the results say, so that the model learns
to read results rather than to guess.
"""

from dataclasses import dataclass, field

from catalogue import dumps
from outcomes import exceptional, note

PRIORITIES = ["low", "medium", "high"]


@dataclass
class Conversation:
    kind: str
    prompt: str = ""
    world: dict = field(default_factory=lambda: {"users": [], "tickets": []})
    rounds: list = field(default_factory=list)
    results: list = field(default_factory=list)
    answer: str = ""
    # What the answer must name, and the ticket IDs that it must not.
    mentions: list = field(default_factory=list)
    omits: list = field(default_factory=list)

    def ticket(self, id, title, assignee, priority, status="open", comments=()):
        ticket = {
            "id": id, "title": title, "assignee": assignee, "priority": priority, "status": status,
            "comments": list(comments),
        }
        self.world["tickets"].append(ticket)
        return ticket


def call(name, **arguments):
    return {"name": name, "arguments": arguments}


def plural(count, noun):
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listing(items):
    items = list(items)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def titled(tickets):
    return listing(f"{ticket['id']} ({ticket['title']})" for ticket in tickets)


def ticket_result(ticket):
    return dumps({key: ticket[key] for key in ("id", "title", "assignee", "priority", "status")})


def comments_result(ticket, limit):
    return dumps({"ticket_id": ticket["id"], "comments": ticket["comments"][:limit]})


def tickets_result(tickets):
    return dumps({"count": len(tickets), "tickets": [{"id": t["id"], "title": t["title"]} for t in tickets]})


def tickets_of_one_person(sampler, talk, with_comments):
    """A person with up to four open tickets of one priority; returns person, priority and tickets."""
    random = sampler.random
    who, priority = sampler.name(), random.choices(PRIORITIES, [1, 1, 2])[0]
    talk.world["users"].append(who)
    count = random.choices([0, 1, 2, 3, 4], [1, 2, 4, 6, 4] if sampler.wide else [1, 3, 5, 6, 2])[0]
    tickets = []
    for id in sampler.ticket_ids(count):
        comments = []
        if with_comments:
            comments = sampler.comments(who, random.choices([0, 1, 2, 3], [5, 3, 2, 1])[0])
        tickets.append(talk.ticket(id, sampler.title(), who, priority, comments=comments))
    return who, priority, tickets


def stalled(sampler, talk, odd):
    """Which tickets is somebody not making progress on: two rounds, the second in parallel."""
    random = sampler.random
    who, prio, tickets = tickets_of_one_person(sampler, talk, with_comments=True)
    talk.prompt = random.choice([
        f"which {prio}-priority tickets is {who} not making progress on?",
        f"Which {prio} priority tickets is {who} not making progress on?",
        f"Which of {who}'s {prio}-priority tickets are stuck?",
        f"what {prio} tickets of {who} are not moving?",
        f"Is {who} stuck on any {prio}-priority tickets?",
        f"Find the {prio}-priority tickets that {who} makes no progress on.",
        f"show me {who}'s stalled {prio}-priority tickets",
        f"Which {prio}-priority tickets has {who} not touched yet?",
        f"{who}: which {prio} priority tickets have no progress?",
        f"On which {prio}-priority tickets is {who} making no progress?",
        f"are there {prio}-priority tickets that {who} is not working on?",
        f"Tell me which {prio}-priority tickets assigned to {who} have no comments.",
    ])
    talk.rounds.append([call("get_open_tickets", assignee=who, priority=prio)])
    if odd and random.random() < 0.25:
        message, told = exceptional(sampler, talk.rounds[0][0])
        talk.results.append([message])
        talk.answer = f"I could not look that up. {told}"
        return
    talk.results.append([tickets_result(tickets)])
    if not tickets:
        talk.answer = f"{who} has 0 open {prio}-priority tickets."
        talk.mentions += [who]
        return
    talk.rounds.append([call("get_comments", ticket_id=t["id"], limit=5) for t in tickets])
    results, told, known = [], [], []
    for ticket, asked in zip(tickets, talk.rounds[1]):
        if odd and random.random() < 0.45:
            if random.random() < 0.3:
                other = {"ticket_id": ticket["id"], "limit": random.choice([1, 2, 3, 10, 20])}
                results.append(note(other) + comments_result(ticket, other["limit"]))
                known.append(ticket)
            else:
                message, sentence = exceptional(sampler, asked)
                results.append(message)
                told.append(sentence)
        else:
            results.append(comments_result(ticket, 5))
            known.append(ticket)
    talk.results.append(results)
    stuck = [t for t in known if not t["comments"]]
    head = f"{who} has {plural(len(tickets), f'open {prio}-priority ticket')}"
    if not known:
        talk.answer = f"{head}, but I could not read any comments."
    elif stuck:
        verb = "is" if len(stuck) == 1 else "are"
        talk.answer = f"{head}; {len(stuck)} {verb} not making progress: {titled(stuck)}."
    elif len(tickets) == 1:
        talk.answer = f"{head}; it has comments."
    elif len(known) == len(tickets):
        talk.answer = f"{head}; all of them have comments."
    else:
        talk.answer = f"{head}; those that I could read have comments."
    talk.answer = " ".join([talk.answer] + told)
    talk.mentions += [who, str(len(tickets))] + [t["id"] for t in stuck] + ([str(len(stuck))] if stuck else [])
    talk.omits += [t["id"] for t in known if t["comments"]]


def open_tickets(sampler, talk, odd):
    """List or count somebody's open tickets of one priority."""
    random = sampler.random
    who, prio, tickets = tickets_of_one_person(sampler, talk, with_comments=False)
    if talk.kind == "list":
        talk.prompt = random.choice([
            f"list {who}'s open {prio}-priority tickets", f"What {prio}-priority tickets does {who} have?",
            f"show the {prio} priority tickets of {who}",
            f"Which open tickets with {prio} priority are assigned to {who}?", f"{who}'s {prio} tickets, please",
            f"Give me all {prio}-priority tickets for {who}.", f"what is {who} working on with {prio} priority?",
        ])
    else:
        talk.prompt = random.choice([
            f"how many {prio}-priority tickets does {who} have?", f"Count the open {prio} priority tickets of {who}.",
            f"How many open {prio} tickets are assigned to {who}?", f"number of {prio}-priority tickets for {who}?",
        ])
    talk.rounds.append([call("get_open_tickets", assignee=who, priority=prio)])
    if odd and random.random() < 0.25:
        talk.results.append([f"Error: no user named {who}"])
        talk.answer = f"There is no user named {who}."
        return
    if odd and random.random() < 0.7:
        message, told = exceptional(sampler, talk.rounds[0][0])
        talk.results.append([message])
        talk.answer = f"I could not look that up. {told}"
        return
    before, lead = "", ""
    if odd:
        who, prio = (who, random.choice(PRIORITIES)) if random.random() < 0.5 else (sampler.name(), prio)
        before, lead = note({"assignee": who, "priority": prio}), "A reviewer changed the call. "
    talk.results.append([before + tickets_result(tickets)])
    if tickets:
        talk.answer = f"{lead}{who} has {plural(len(tickets), f'open {prio}-priority ticket')}: {titled(tickets)}."
    else:
        talk.answer = f"{lead}{who} has 0 open {prio}-priority tickets."
    talk.mentions += [who, str(len(tickets))] + [t["id"] for t in tickets]


def look_up(sampler, talk, odd):
    """Look up one ticket, or several in parallel."""
    random = sampler.random
    count = 1 if talk.kind == "ticket" else random.choices([2, 3, 4], [5, 3, 1])[0]
    tickets = []
    for id in random.sample(sampler.ticket_ids(count), count):
        who = sampler.name() if random.random() < 0.9 else None
        title, priority = sampler.title(), random.choice(PRIORITIES)
        tickets.append(talk.ticket(id, title, who, priority, random.choices(["open", "closed"], [3, 1])[0]))
    ids = listing(t["id"] for t in tickets)
    if count == 1:
        talk.prompt = random.choice([
            f"What is {ids} about?", f"show me ticket {ids}", f"Who is {ids} assigned to?", f"who works on {ids}?",
            f"What priority does {ids} have?", f"is {ids} still open?", f"look up {ids}", f"status of {ids}?",
            f"Tell me about ticket {ids}.", f"{ids}",
        ])
    else:
        talk.prompt = random.choice([
            f"look up {ids}", f"Show me tickets {ids}.", f"what are {ids} about?", f"Who works on {ids}?",
            f"compare {ids}", f"status of {ids}?", f"are {ids} open?",
        ])
    talk.rounds.append([call("get_ticket", id=t["id"]) for t in tickets])
    results, sentences = [], []
    for ticket, asked in zip(tickets, talk.rounds[0]):
        kind = random.random()
        if odd and kind < 0.5:
            message, told = exceptional(sampler, asked)
            results.append(message)
            sentences.append(told)
        elif (odd and kind < 0.65) or (sampler.held_out and count == 1 and kind < 0.08):
            results.append(f"Error: no ticket {ticket['id']}")
            sentences.append(f"There is no ticket {ticket['id']}.")
            talk.world["tickets"].remove(ticket)
            talk.mentions.append(ticket["id"])
        elif odd and kind < 0.8:
            id, title, name = sampler.ticket_id(), sampler.title(), sampler.name()
            other = talk.ticket(id, title, name, random.choice(PRIORITIES))
            results.append(note({"id": other["id"]}) + ticket_result(other))
            sentences.append(f"A reviewer replaced {ticket['id']} by {other['id']}. {about(other)}")
        else:
            results.append(ticket_result(ticket))
            talk.mentions += [ticket["id"], ticket["status"], ticket["priority"]]
            talk.mentions += [ticket["assignee"]] if ticket["assignee"] else []
            sentences.append(about(ticket))
    talk.results.append(results)
    talk.answer = " ".join(sentences)


def about(ticket):
    who = ticket["assignee"] or "nobody"
    head = f"{ticket['id']} ({ticket['title']}) is {ticket['status']}"
    return f"{head}, {ticket['priority']} priority, assigned to {who}."


def comments(sampler, talk, odd):
    """Read the newest comments on a ticket."""
    random = sampler.random
    id, title, name = sampler.ticket_id(), sampler.title(), sampler.name()
    ticket = talk.ticket(id, title, name, random.choice(PRIORITIES))
    count = random.choices([0, 1, 2, 3, 4], [2, 3, 3, 2, 1])[0]
    ticket["comments"] = sampler.comments(name, count)
    limit = random.choice([1, 2, 3, 4, 5, 10, 15, 20, random.randint(1, 20)])
    if random.random() < 0.7:
        talk.prompt = random.choice([
            f"show the last {limit} comments on {id}", f"What are the newest {limit} comments on {id}?",
            f"read me {limit} comments of {id}", f"last {limit} comments for {id} please",
            f"Get up to {limit} comments on ticket {id}.",
        ])
    else:
        limit = 5
        talk.prompt = random.choice([
            f"any comments on {id}?", f"What do the comments on {id} say?", f"show comments of {id}",
            f"What is the latest on {id}?",
        ])
    if limit == 1:
        talk.prompt = talk.prompt.replace("comments", "comment")
    talk.rounds.append([call("get_comments", ticket_id=id, limit=limit)])
    if odd:
        if random.random() < 0.25:
            talk.results.append([f"Error: no ticket {id}"])
            talk.answer = f"There is no ticket {id}."
        else:
            message, told = exceptional(sampler, talk.rounds[0][0])
            talk.results.append([message])
            talk.answer = f"I could not look that up. {told}"
        return
    talk.results.append([comments_result(ticket, limit)])
    shown = ticket["comments"][:limit]
    if shown:
        said = "; ".join(f"{c['author']}: {c['text']}" for c in shown)
        talk.answer = f"The newest {plural(len(shown), 'comment')} on {id}: {said}."
    else:
        talk.answer = f"{id} has no comments."
    talk.mentions += [id] + ([str(len(shown))] if shown else []) + [c["text"] for c in shown]


def create(sampler, talk, odd):
    """Create a ticket, and perhaps tell somebody."""
    random = sampler.random
    title, priority = sampler.title(), random.choice(PRIORITIES)
    id, who = sampler.ticket_id(), sampler.name()
    talk.world["users"].append(who)
    talk.world["next"] = id
    talk.prompt = random.choice([
        f"create a {priority}-priority ticket: {title}", f'open a {priority} priority ticket "{title}"',
        f'Please create a ticket titled "{title}" with {priority} priority', f"new {priority} ticket: {title}",
        f"Create a {priority}-priority ticket called {title}", f"file a ticket for {title}, priority {priority}",
        f"Make a ticket: {title} ({priority})", f'I need a {priority}-priority ticket for "{title}"',
    ])
    tells = talk.kind == "create_notify"
    if tells:
        talk.prompt += random.choice([
            f" and tell {who} about it", f", then notify {who}", f" and let {who} know", f" and inform {who}",
        ])
    talk.prompt += random.choice(["", ".", ""])
    talk.rounds.append([call("create_ticket", title=title, priority=priority)])
    if odd and random.random() < 0.6:
        message, told = exceptional(sampler, talk.rounds[0][0])
        talk.results.append([message])
        talk.answer = f"No ticket was created. {told}"
        return
    before, lead = "", ""
    if odd and random.random() < 0.5:
        title = title if random.random() < 0.5 else sampler.title()
        priority = random.choice(PRIORITIES)
        before, lead = note({"title": title, "priority": priority}), "A reviewer changed the call. "
    talk.results.append([before + dumps({"id": id, "title": title, "priority": priority, "status": "open"})])
    talk.answer = f"{lead}Created {id} ({title}) with {priority} priority."
    talk.mentions += [id, priority]
    if tells:
        talk.rounds.append([call("notify_user", user=who, message=f"{id} was created: {title}")])
        if odd:
            message, told = exceptional(sampler, talk.rounds[1][0])
            talk.results.append([message])
            talk.answer += " " + told
        else:
            talk.results.append([dumps({"notified": who})])
            talk.answer += f" {who} has been notified."
            talk.mentions.append(who)


def notify(sampler, talk, odd):
    """Send somebody a message."""
    random = sampler.random
    who = sampler.name()
    talk.world["users"].append(who)
    message = sampler.phrase(2, 7) if sampler.wide and random.random() < 0.3 else random.choice([
        f"the {sampler.noun()} is back", f"please check the {sampler.noun()}", f"meeting at {random.randint(8, 18)}",
        f"{sampler.ticket_id()} is urgent", f"the {sampler.noun()} works again", f"call {sampler.name()} back",
        f"{sampler.word()} {sampler.word()} {sampler.word()}", f"{sampler.title()}",
        f"lunch is at {random.randint(11, 14)}", f"your {sampler.noun()} has arrived",
    ])
    talk.prompt = random.choice([
        f"tell {who}: {message}", f"notify {who} that {message}", f'Send {who} the message "{message}"',
        f"message {who}: {message}", f"let {who} know that {message}", f'Please tell {who} "{message}"',
        f"tell {who} that {message}",
    ])
    talk.rounds.append([call("notify_user", user=who, message=message)])
    if not odd:
        talk.results.append([dumps({"notified": who})])
        talk.answer = f"{who} has been notified."
        talk.mentions.append(who)
        return
    kind = random.random()
    if kind < 0.3:
        talk.results.append([f"Error: no user named {who}"])
        talk.answer = f"There is no user named {who}."
    elif kind < 0.5:
        other = who if random.random() < 0.6 else sampler.name()
        talk.results.append([note({"user": other, "message": sampler.comment()}) + dumps({"notified": other})])
        talk.answer = f"A reviewer changed the call. {other} has been notified."
    else:
        text, told = exceptional(sampler, talk.rounds[0][0])
        talk.results.append([text])
        talk.answer = f"The message was not sent. {told}"


def tell_about(sampler, talk, odd):
    """Look a ticket up and tell somebody."""
    random = sampler.random
    who = sampler.name()
    talk.world["users"].append(who)
    id, title, name = sampler.ticket_id(), sampler.title(), sampler.name()
    priority = random.choice(PRIORITIES)
    ticket = talk.ticket(id, title, name, priority, random.choice(["open", "closed"]))
    talk.prompt = random.choice([
        f"tell {who} about {id}", f"Inform {who} about ticket {id}.", f"let {who} know about {id}",
        f"notify {who} of {id}", f"Send {who} a summary of {id}.",
    ])
    talk.rounds.append([call("get_ticket", id=id)])
    if odd and random.random() < 0.5:
        if random.random() < 0.3:
            talk.results.append([f"Error: no ticket {id}"])
            talk.answer = f"There is no ticket {id}, so nobody was notified."
        else:
            message, told = exceptional(sampler, talk.rounds[0][0])
            talk.results.append([message])
            talk.answer = f"Nobody was notified. {told}"
        return
    talk.results.append([ticket_result(ticket)])
    talk.rounds.append([call("notify_user", user=who, message=f"{id} is {ticket['status']}: {title}")])
    if odd:
        message, talk.answer = exceptional(sampler, talk.rounds[1][0])
        talk.results.append([message])
    else:
        talk.results.append([dumps({"notified": who})])
        talk.answer = f"{who} has been notified about {id}."
        talk.mentions += [who, id]


def chat(sampler, talk, odd):
    """Words that need no tool."""
    offer = "I can look up tickets and comments, create tickets and notify people."
    talk.prompt, talk.answer = sampler.random.choice([
        ("hello", f"Hello! {offer}"), ("hi there", f"Hello! {offer}"), ("thanks!", "You are welcome."),
        ("thank you", "You are welcome."), ("what can you do?", offer),
        ("who are you?", "I am the support desk assistant."), ("Good morning", f"Hello! {offer}"), ("help", offer),
        ("ok", "You are welcome."),
    ])


# Task, share of the conversations, what fills it.
TASKS = [
    ("stalled", 30, stalled), ("list", 12, open_tickets), ("count", 5, open_tickets), ("ticket", 10, look_up),
    ("tickets", 6, look_up), ("comments", 9, comments), ("create", 12, create), ("notify", 8, notify),
    ("create_notify", 5, create), ("tell_about", 5, tell_about), ("chat", 4, chat),
]
# What a wide sampler draws more often: the tasks that copy the longest texts.
WIDE_SHARES = {"stalled": 34, "create": 18, "create_notify": 9, "comments": 11}
QUOTING = ("create", "create_notify", "notify")


def sloppy(random, text, names):
    """As people type: a small first letter, unless a name begins there, and no punctuation at the end."""
    kind = random.random()
    begins_with_name = any(text.startswith(name) for name in names)
    if kind < 0.2 and text[:1].isupper() and not text[:2].isupper() and not begins_with_name:
        text = text[0].lower() + text[1:]
    return text.rstrip("?.") if kind > 0.75 else text


def conversation(sampler, odd_share=0.22):
    """One conversation; in training a share of them meets rejections, edits and failures."""
    random = sampler.random
    shares = {name: share for name, share, _ in TASKS} | (WIDE_SHARES if sampler.wide else {})
    kind = random.choices(list(shares), list(shares.values()))[0]
    talk = Conversation(kind)
    odd = not sampler.held_out and random.random() < odd_share
    next(fill for name, _, fill in TASKS if name == kind)(sampler, talk, odd)
    if kind not in QUOTING:
        talk.prompt = sloppy(random, talk.prompt, talk.world["users"])
    elif random.random() < 0.3 and not talk.prompt[0].isupper():
        talk.prompt = talk.prompt[0].upper() + talk.prompt[1:]
    return talk


def segments(talk):
    """The conversation as prompt text, piece by piece, each with whether the model is to learn it."""
    pieces = [("<|im_start|>user\n" + talk.prompt + "<|im_end|>\n", False)]
    for calls, results in zip(talk.rounds, talk.results):
        written = "\n".join("<tool_call>\n" + dumps(asked) + "\n</tool_call>" for asked in calls)
        read = "\n".join("<tool_response>\n" + text + "\n</tool_response>" for text in results)
        pieces += [
            ("<|im_start|>assistant\n", False), (written + "<|im_end|>", True), ("\n", False),
            ("<|im_start|>user\n" + read + "<|im_end|>\n", False),
        ]
    return pieces + [("<|im_start|>assistant\n", False), (talk.answer + "<|im_end|>", True), ("\n", False)]
