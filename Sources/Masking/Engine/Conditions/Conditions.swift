/// What keywords ask of the values of each kind, with the tables that answer it.
struct Conditions {
    let strings: StringConditions
    let numbers: NumberConditions
    let objects: ObjectConditions
    let arrays: ArrayConditions
    let inhabitants: Inhabitants

    init(_ blueprint: Blueprint) {
        strings = StringConditions(blueprint)
        numbers = NumberConditions(blueprint)
        objects = ObjectConditions(blueprint, strings, numbers)
        arrays = ArrayConditions(blueprint)
        inhabitants = Inhabitants(strings, numbers, objects)
    }
}

/// Whatever asks about values at places.
protocol Conditioned: Placed {
    var conditions: Conditions { get }
}

extension Conditioned {
    var strings: StringConditions { conditions.strings }
    var numbers: NumberConditions { conditions.numbers }
    var objects: ObjectConditions { conditions.objects }
    var arrays: ArrayConditions { conditions.arrays }
    var inhabitants: Inhabitants { conditions.inhabitants }
    /// The verdict on whole values.
    var closed: ClosedEvaluation { ClosedEvaluation(blueprint, numbers) }
}
