import JSON

/// A stranger's schema, made usable without stopping for its faults.
///
/// Faults are met one by one, as the compiler names them: a spelling of another dialect is translated where its meaning
/// is certain, and any other faulty keyword is taken out. Each change is told. What remains compiles.
public struct SchemaFit: Sendable {
    /// The schema that can be used.
    public let schema: JSONValue
    /// What was changed, in the order in which it was met; none for a schema that is used as it is.
    public let adjustments: [SchemaAdjustment]

    /// More faults than these, and it is no schema that anybody has tried.
    private static let mostAdjustments = 100

    /// Makes a schema usable.
    /// - Parameters:
    ///   - given: The schema as it was given.
    ///   - check: What the schema must pass besides being compiled; throws the next fault.
    /// - Throws: ``SchemaError`` for a fault that is not one keyword's: no schema at all, or too many faults.
    public init(
        _ given: JSONValue, check: (JSONValue) throws(SchemaError) -> Void = { _ in }
    ) throws(SchemaError) {
        var schema = given
        var adjustments: [SchemaAdjustment] = []
        if given == .null {
            schema = ["type": "object"]
            adjustments.append(
                SchemaAdjustment(
                    pointer: JSONPointer(), kind: .ignored,
                    reason: "null is no schema; any object may be given"))
        }
        let foreign = ForeignPatterns(schema)
        schema = foreign.schema
        adjustments += foreign.adjustments
        for fault in foreign.impossible {
            guard let repair = SchemaRepair(schema, fault), repair.schema != schema else { continue }
            schema = repair.schema
            adjustments.append(repair.adjustment)
        }
        while let fault = SchemaFit.fault(of: schema, check) {
            guard adjustments.count < SchemaFit.mostAdjustments,
                let repair = SchemaRepair(schema, fault), repair.schema != schema
            else { throw fault }
            schema = repair.schema
            adjustments.append(repair.adjustment)
        }
        self.schema = schema
        self.adjustments = adjustments
    }

    private static func fault(
        of schema: JSONValue, _ check: (JSONValue) throws(SchemaError) -> Void
    ) -> SchemaError? {
        do throws(SchemaError) {
            _ = try CompiledSchema(schema)
            try check(schema)
            return nil
        } catch {
            return error
        }
    }
}
