import { type Named, ownerText } from "../../../../provider/core/owners";

const id = "ab69e61b-1f0e-4d4c-9a6e-0a6f6b1d2c33";
const other = "bcc8bb38-d1e1-4b52-adda-ebf269e3259c";

test.each<[string, Omit<Named, "id">, string]>([
  ["a service account by its name", { type: "service_account", handle: id, name: "deployer" }, "deployer"],
  ["also where it has an address", { type: "service_account", handle: "sa@example.com", name: "deployer" }, "deployer"],
  ["by its address without a name", { type: "service_account", handle: "sa@example.com" }, "sa@example.com"],
  ["by its id, once, without either", { type: "service_account", handle: id }, id],
  ["by its id where the handle is another UUID", { type: "service_account", handle: other.toUpperCase() }, id],
  ["by its id where nothing else is known", { type: "service_account" }, id],
  [
    "by its address where the name is empty",
    { type: "service_account", handle: "sa@example.com", name: "" },
    "sa@example.com",
  ],
  ["a person by the address", { type: "users", handle: "ann@example.com", name: "Ann" }, "ann@example.com"],
  ["a person by the name without an address", { type: "users", name: "Ann" }, "Ann"],
  ["a person by the id without either", { type: "users", handle: "" }, id],
  ["an actor by the address", { handle: "ann@example.com" }, "ann@example.com"],
  ["an actor that has a name by that", { handle: id, name: "deployer" }, "deployer"],
  ["an actor that Datadog does not name by the id", { handle: "" }, id],
])("an owner is shown: %s", (_, owner, text) => {
  expect(ownerText({ id, ...owner })).toBe(text);
});
