import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { fromStruct, toStruct } from "../../../plugin/properties";
import { cases, fc } from "../../support/cases";
import { secret } from "../../support/providerProcess";

/** On the way to the engine and back. */
const sent = (struct: Struct): Struct => Struct.deserializeBinary(struct.serializeBinary());

/** What the protocol's library itself cannot have as a name. */
const name = fc.string({ maxLength: 8 }).filter((name) => name !== "__proto__");
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(null, true, false, "", 0, -1, 0.5, Number.MAX_SAFE_INTEGER),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const properties = fc.dictionary(name, value, { maxKeys: 6, noNullPrototype: true });

test("whatever JSON properties hold, and which of them are secret, goes to the engine and comes back", () => {
  fc.assert(
    fc.property(properties, fc.array(fc.nat(5)), (values, indexes) => {
      const names = Object.keys(values);
      const secrets = new Set(names.filter((_, index) => indexes.includes(index)));
      expect(fromStruct(sent(toStruct(values, secrets)))).toEqual({ values, secrets });
    }),
    cases(300),
  );
});

test("a property is secret when any part of it is", () => {
  const given = {
    ...{ plain: "a", whole: secret("b"), inList: ["c", secret("d")] },
    ...{ deep: { in: { it: secret({ and: secret("e") }) } }, nothing: null },
  };
  expect(fromStruct(Struct.fromJavaScript(given))).toEqual({
    values: { plain: "a", whole: "b", inList: ["c", "d"], deep: { in: { it: { and: "e" } } }, nothing: null },
    secrets: new Set(["whole", "inList", "deep"]),
  });
});

test("secrets are marked as the engine marks them, and names that there are not mark nothing", () => {
  expect(toStruct({ reason: "leaked", ticket: "INC-1" }, new Set(["reason", "requestedBy"])).toJavaScript()).toEqual({
    reason: secret("leaked"),
    ticket: "INC-1",
  });
});

test("no properties at all are none", () => {
  expect(fromStruct(undefined)).toEqual({ values: {}, secrets: new Set() });
});
