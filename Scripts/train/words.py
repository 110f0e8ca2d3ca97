"""The words that conversations are filled with; held-out lists share nothing with the training lists."""

TRAINING_NAMES = """
Maya Priya Tom Lena Omar Sofia Jonas Aisha Marco Nina Pavel Grace Hugo Ines Kofi Rosa Dmitri Elif Noah Zara Felix Amara
Bjorn Clara Diego Emma Farid Greta Hana Ivan Julia Karim Laura Mateo Nora Oscar Paula Quinn Ravi Sara Theo Uma Victor
Wendy Xenia Yusuf Zoe Adam Bella Carl Dora Erik Fiona Georg Helen
""".split()

HELD_OUT_NAMES = """
Anselm Birgit Cosima Dragan Eudora Florian Gwendolyn Hector Ottilie Jarek Katinka Leopold Mireille Nestor Olga Percival
Rowena Stellan Tabitha Ulrich Verena Wilfred Yolanda Zbigniew Brunhilde Casimir Delphine Evander
""".split()

SYLLABLES = """
ba be bi bo bu da de di do du fa fe fi ga ge go ha he hi jo ka ke ki ko la le li lo lu ma me mi mo mu na ne ni no nu pa
pe pi ra re ri ro ru sa se si so su ta te ti to tu va ve vi wa xi ya yo za ze zo sha cha tha br kr st tr lyn son ric dor
mel
""".split()


def _phrases(text):
    return [phrase.strip() for phrase in text.replace("\n", " ").split(",")]


NOUNS = _phrases("""
checkout page, login, invoice, printer, wifi, webhook, keyboard, chart, password reset, search, email, calendar, export,
import, dashboard, payment, report, upload, download, notification, profile page, cart, map, video call, phone line,
badge reader, monitor, laptop, VPN, database, backup, API, mobile app, form, menu, button, sync, database migration,
refund, newsletter, heating, door lock, projector, license, certificate, order history, billing address, two-factor code,
contact form, language switch, dark mode, shipping label, coupon, tax rate, receipt, scanner, headset, camera,
server room, coffee machine
""")

FAULTS = _phrases("""
times out, is broken, is down, is slow, loops on Safari, shows the wrong currency, crashes, fails, does not load,
is missing, freezes, is offline, shows old data, returns an error, is blank, does not start, keeps flickering, is stuck,
cannot be opened, loses changes, is too small, overlaps the text, makes noise, expired, sends twice, never arrives,
rejects valid input, needs an update, drops every hour, is unreadable
""")

HELD_OUT_NOUNS = _phrases("""
turnstile, gift wrapping, loyalty points, thermostat, weather banner, parking sensor, whiteboard, payroll letter,
fire alarm, chat bubble, elevator display, translation memory, barcode, solar panel, meeting room screen
""")

HELD_OUT_FAULTS = _phrases("""
blinks green, prints upside down, forgets the user, reboots nightly, counts double, ignores the schedule,
smells of smoke, shows yesterday, hangs at start, plays no sound
""")

COMMENTS = _phrases("""
Waiting for logs, Fixed in the next release, Asked the customer for details, Looking into it, Cannot reproduce,
Restarted the service, Escalated to the vendor, Patch is in review, Customer confirmed, Rolled back the change,
Needs a new cable, Ordered a replacement, Works again for now, Found the cause, Testing a fix, Called them back,
Same as last week, Blocked by the network team, Deployed to staging, Will check tomorrow
""")

COMMON = _phrases("the, of, at, no, in, every, with, for the, from, to, and, is, not, a, on, this, all, new")
