import JSON

/// The keywords that look at members and elements one by one.
extension Validator {
    // MARK: Arrays

    mutating func checkElements(_ rules: ElementRules, _ elements: [JSONValue], _ evaluated: inout Evaluated?)
    {
        for (index, element) in elements.enumerated() {
            let matches: Bool
            if index < rules.prefix.count {
                matches = descend(
                    rules.prefixKeyword, step: String(index), rules.prefix[index], into: String(index),
                    element)
            } else if let rest = rules.rest {
                matches = descend(rules.restKeyword, rest, into: String(index), element)
            } else {
                return
            }
            if !matches, !isReporting || givenUp != nil { return }
            evaluated?.mark(index)
        }
    }

    mutating func checkContains(_ rule: ContainsRule, _ elements: [JSONValue], _ evaluated: inout Evaluated?)
    {
        var count = 0
        for (index, element) in elements.enumerated() {
            var none: Evaluated?
            guard matches(rule.node, element, &none) else { continue }
            count += 1
            if rule.marksEvaluated { evaluated?.mark(index) }
        }
        let minimum = rule.minimum ?? 1
        if count < minimum {
            fail(
                rule.minimum == nil || count == 0 ? "contains" : "minContains",
                "must have at least \(minimum) matching elements, not \(count)")
        }
        if let maximum = rule.maximum, count > maximum {
            fail("maxContains", "must have at most \(maximum) matching elements, not \(count)")
        }
    }

    mutating func checkUnique(_ elements: [JSONValue]) {
        var seen: [JSONValue: Int] = [:]
        for (index, element) in elements.enumerated() {
            if let first = seen.updateValue(index, forKey: element.canonical) {
                return fail(
                    "uniqueItems",
                    "must not have two equal elements, as number \(first + 1) and \(index + 1) are")
            }
        }
    }

    // MARK: Objects

    mutating func checkMembers(_ rules: MemberRules, _ object: JSONObject, _ evaluated: inout Evaluated?) {
        for (index, member) in object.enumerated() {
            checkMember(rules, member, index, &evaluated)
            if givenUp != nil { return }
        }
    }

    private mutating func checkMember(
        _ rules: MemberRules, _ member: JSONObject.Member, _ index: Int, _ evaluated: inout Evaluated?
    ) {
        if let names = rules.propertyNames {
            descend("propertyNames", names, into: member.key, .string(member.key))
        }
        var isKnown = false
        if !rules.properties.isEmpty, let property = rules.properties[ByteString(member.key)] {
            isKnown = true
            descend("properties", step: member.key, property, into: member.key, member.value)
        }
        for (pattern, target) in rules.patterns where matches(pattern, member.key) {
            isKnown = true
            descend("patternProperties", step: pattern.source, target, into: member.key, member.value)
        }
        if !isKnown, let additional = rules.additional {
            isKnown = true
            if schema.nodes[additional].constant == false {
                let listed = rules.names.prefix(12).map { "\"\($0)\"" }.joined(separator: ", ")
                let more = rules.names.count > 12 ? ", …" : ""
                fail(
                    "additionalProperties",
                    "must not have \"\(member.key)\"\(listed.isEmpty ? "" : "; there are \(listed)\(more)")")
            } else {
                descend("additionalProperties", additional, into: member.key, member.value)
            }
        }
        if isKnown { evaluated?.mark(index) }
    }

    // MARK: What other keywords have left over

    mutating func checkUnevaluated(
        _ keyword: String, _ target: Int, _ count: Int, _ evaluated: inout Evaluated?,
        child: (Int) -> (token: String, value: JSONValue)
    ) {
        guard let seen = evaluated else { return }
        for index in 0..<count where !seen.flags[index] {
            let (token, value) = child(index)
            if schema.nodes[target].constant == false {
                fail(keyword, "must not have \"\(token)\", which no other keyword allows")
            } else {
                descend(keyword, target, into: token, value)
            }
            if givenUp != nil { return }
        }
        evaluated?.markAll()
    }
}
