import ts from "typescript";
import { docsOf } from "./docs.mts";
import type { Sources } from "./sources.mts";

/** The part of Pulumi's metaschema that is needed here. */
export interface TypeSpec {
  readonly type?: "string" | "boolean" | "integer" | "number" | "array" | "object";
  readonly $ref?: string;
  readonly items?: TypeSpec;
}

export interface PropertySpec extends TypeSpec {
  readonly description: string;
  readonly secret?: true;
}

export interface ObjectSpec {
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly required?: readonly string[];
}

export interface NamedTypeSpec extends Partial<ObjectSpec> {
  readonly description: string;
  readonly type: "object" | "string";
  readonly enum?: readonly { readonly value: string }[];
}

/** What holds a value that may come later: to Pulumi's schema it is the value. */
const EVENTUAL = new Set(["Input", "Output", "Promise"]);

/**
 * Puts TypeScript's types into the terms of Pulumi's schema. They are read as they are written: a property has the type
 * that its declaration names, whatever was made of it on the way (`SomeFields<Inputs<Where>>`).
 */
export class Types {
  readonly #sources: Sources;
  readonly #package: string;
  readonly #named = new Map<string, NamedTypeSpec>();

  /** @param packageName what the tokens of types begin with */
  constructor(sources: Sources, packageName: string) {
    this.#sources = sources;
    this.#package = packageName;
  }

  /** The objects and enums that were met, by their tokens. */
  get named(): Readonly<Record<string, NamedTypeSpec>> {
    return Object.fromEntries(this.#named);
  }

  /** @param docs what to say of a property; its doc comment by default */
  object(
    name: string,
    properties: readonly ts.Symbol[],
    docs = (property: ts.Symbol): string => docsOf(property, this.#sources.checker),
  ): ObjectSpec {
    const entries = properties.map((property) => {
      const path = `${name}.${property.name}`;
      const description = docs(property);
      if (!description) throw new Error(`${path} has no doc comment`);
      return [property.name, { ...this.type(typeNodeOf(property), path), description }];
    });
    const required = properties.filter(isRequired).map(({ name }) => name);
    return { properties: Object.fromEntries(entries), ...(required.length > 0 && { required }) };
  }

  /** @param path whose type it is, for errors */
  type(node: ts.TypeNode, path: string): TypeSpec {
    if (ts.isParenthesizedTypeNode(node) || (ts.isTypeOperatorNode(node) && isReadonly(node))) {
      return this.type(node.type, path);
    }
    if (ts.isArrayTypeNode(node)) return { type: "array", items: this.type(node.elementType, path) };
    if (ts.isUnionTypeNode(node)) {
      const specs = node.types.filter((each) => !isNothing(each)).map((each) => this.type(each, path));
      // Of one value or a list of them, the list: Python's SDK fails at run time at a choice between the two.
      const [spec] = specs.filter(({ type }) => specs.length === 1 || type === "array");
      if (spec) return spec;
    }
    if (ts.isTypeReferenceNode(node)) return this.#reference(node, path);
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return { type: "string" };
      case ts.SyntaxKind.BooleanKeyword:
        return { type: "boolean" };
      case ts.SyntaxKind.NumberKeyword:
        return { type: "integer" };
      default:
        throw new Error(`${path}: ${node.getText()} has no place in a schema. Give it a name of its own`);
    }
  }

  #reference(node: ts.TypeReferenceNode, path: string): TypeSpec {
    const written = ts.isQualifiedName(node.typeName) ? node.typeName.right.text : node.typeName.text;
    const [argument] = node.typeArguments ?? [];
    if (argument && EVENTUAL.has(written)) return this.type(argument, path);
    // What arguments are given as is named for what they become.
    const name = written.replace(/Args$/, "");
    const token = `${this.#package}:index:${name}`;
    const symbol = this.#sources.checker.getSymbolAtLocation(node.typeName);
    if (!symbol) throw new Error(`${path}: ${written} is not found`);
    const met = this.#named.get(token);
    const spec = this.#describe(name, this.#sources.original(symbol));
    const { description, ...shape } = spec;
    const { description: _, ...metShape } = met ?? spec;
    if (JSON.stringify(shape) !== JSON.stringify(metShape)) throw new Error(`${path}: there are two types ${name}`);
    if (!met || name === written) this.#named.set(token, spec);
    return { $ref: `#/types/${token}` };
  }

  #describe(name: string, symbol: ts.Symbol): NamedTypeSpec {
    const { checker } = this.#sources;
    const description = docsOf(symbol, checker);
    if (!description) throw new Error(`${name} has no doc comment`);
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    const values = valuesOf(type);
    if (values) return { description, type: "string", enum: values.map((value) => ({ value })) };
    return { description, type: "object", ...this.object(name, checker.getPropertiesOfType(type)) };
  }
}

/** Whether a property, or a parameter, always has a value: in all alternatives of a union. */
function isRequired(property: ts.Symbol): boolean {
  const { valueDeclaration: declaration } = property;
  const isOptional =
    property.flags & ts.SymbolFlags.Optional ||
    (declaration && ts.isParameter(declaration) && declaration.questionToken);
  return !(isOptional || mayBeNothing(typeNodeOf(property)));
}

/** The type that a property's declaration names. Of several, as of a union's alternatives, the one that says most. */
function typeNodeOf(property: ts.Symbol): ts.TypeNode {
  const nodes = (property.declarations ?? []).flatMap((declaration) =>
    ts.isPropertySignature(declaration) || ts.isPropertyDeclaration(declaration) || ts.isParameter(declaration)
      ? (declaration.type ?? [])
      : [],
  );
  const [node] = nodes.filter((each) => !isNothing(each));
  if (!node) throw new Error(`${property.name} has no type`);
  return node;
}

/** The members of a union of texts. */
function valuesOf(type: ts.Type): string[] | undefined {
  const members = type.isUnion() ? type.types : [type];
  const values = members.flatMap((member) => (member.isStringLiteral() ? member.value : []));
  return values.length === members.length ? values : undefined;
}

/** Whether a type has nothing among its values, at any depth of what may come later. */
function mayBeNothing(node: ts.TypeNode): boolean {
  if (ts.isUnionTypeNode(node)) return node.types.some(mayBeNothing);
  if (ts.isTypeReferenceNode(node)) return (node.typeArguments ?? []).some(mayBeNothing);
  return isNothing(node);
}

function isNothing(node: ts.TypeNode): boolean {
  return (
    node.kind === ts.SyntaxKind.UndefinedKeyword ||
    (ts.isLiteralTypeNode(node) && node.literal.kind === ts.SyntaxKind.NullKeyword)
  );
}

function isReadonly(node: ts.TypeOperatorNode): boolean {
  return node.operator === ts.SyntaxKind.ReadonlyKeyword;
}
