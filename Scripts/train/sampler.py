"""Random names, IDs, titles and comments; what a held-out sampler draws never occurs in training."""

import random

import words

# Tickets whose number ends so are kept for the held-out set.
HELD_OUT_ENDINGS = (77, 78, 79)


class Sampler:
    def __init__(self, seed, held_out=False, wide=False):
        self.random = random.Random(seed)
        self.held_out = held_out
        # Long titles, comments and messages of words that do not belong together: what is read must be copied.
        self.wide = wide

    def word(self, capital=False):
        """A word that nobody has seen, so that only copying helps."""
        text = "".join(self.random.choice(words.SYLLABLES) for _ in range(self.random.randint(2, 4)))
        return text.capitalize() if capital else text

    def name(self):
        if self.held_out:
            return self.random.choice(words.HELD_OUT_NAMES)
        return self.random.choice(words.TRAINING_NAMES) if self.random.random() < 0.35 else self.word(capital=True)

    def _is_ours(self, number):
        return (number % 100 in HELD_OUT_ENDINGS) == self.held_out

    def ticket_id(self):
        while True:
            number = self.random.randint(1000, 9999)
            if self._is_ours(number):
                return f"T-{number}"

    def ticket_ids(self, count):
        """Distinct IDs in order; half of them close to another, as real ones are."""
        found = []
        while len(found) < count:
            if self.random.random() < 0.5 and found:
                number = int(found[-1][2:]) + self.random.randint(1, 9)
                candidate = f"T-{number}"
                if number > 9999 or not self._is_ours(number):
                    continue
            else:
                candidate = self.ticket_id()
            if candidate not in found:
                found.append(candidate)
        return sorted(found)

    def phrase(self, shortest, longest):
        """Unseen words among common ones, so that no word foretells the next."""
        parts = []
        for _ in range(self.random.randint(shortest, longest)):
            kind = self.random.random()
            if kind < 0.5:
                parts.append(self.word())
            else:
                source = words.NOUNS if kind < 0.65 else words.FAULTS if kind < 0.8 else words.COMMON
                parts.append(self.random.choice(self.random.choice(source).split()))
        text = " ".join(parts)
        return text[0].upper() + text[1:] if self.random.random() < 0.7 else text

    def long_fault(self, fault):
        verb = fault.split()[0] if self.random.random() < 0.5 else self.word()
        rest = self.word() if self.random.random() < 0.6 else self.random.choice(words.NOUNS)
        return f"{verb} {self.random.choice(words.COMMON)} {rest}"

    def noun(self):
        if self.held_out:
            return self.random.choice(words.HELD_OUT_NOUNS)
        kind = self.random.random()
        if kind < 0.45:
            return self.random.choice(words.NOUNS)
        if kind < 0.75:
            return self.word()
        if kind < 0.9:
            return self.random.choice(words.NOUNS).split()[-1] + " " + self.word()
        return self.word() + " " + self.random.choice(words.NOUNS)

    def title(self):
        if self.wide and self.random.random() < 0.2:
            return self.phrase(2, 6)
        noun = self.noun()
        fault = self.random.choice(words.HELD_OUT_FAULTS if self.held_out else words.FAULTS)
        if not self.held_out and self.random.random() < 0.25:
            fault = fault.split()[0] + " " + self.word()
        if self.wide and self.random.random() < 0.4:
            fault = self.long_fault(fault)
        if self.random.random() < 0.85:
            text = noun + " " + fault
        else:
            text = self.random.choice(["no ", "new ", "broken ", "missing ", "slow "]) + noun
        return text[0].upper() + text[1:] if self.random.random() < 0.85 else text

    def comment(self):
        if self.wide and self.random.random() < 0.25:
            return self.phrase(2, 6)
        if self.held_out or self.random.random() < 0.4:
            verb = self.random.choice(["Checked", "Cleaned", "Replaced", "Tested", "Moved"])
            return f"{verb} the {self.noun()}"
        if self.random.random() < 0.7:
            return self.random.choice(words.COMMENTS)
        return f"{self.word(capital=True)} {self.word()} {self.word()}"

    def comments(self, person, count):
        return [
            {"author": person if self.random.random() < 0.6 else self.name(), "text": self.comment()}
            for _ in range(count)
        ]
