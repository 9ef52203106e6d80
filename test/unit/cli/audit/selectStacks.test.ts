import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderStore } from "../../../../cli/audit/backends/folderStore";
import { SelfManagedBackend } from "../../../../cli/audit/backends/selfManagedBackend";
import { selectStacks } from "../../../../cli/audit/selectStacks";
import { record, revocation, StackHistory, tokenId } from "../../../support/stackHistory";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function oneDeployment(): StackHistory {
  const history = new StackHistory();
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  return history;
}

describe("selectStacks", () => {
  const choose = (stacks: string[], project?: string) =>
    selectStacks(new SelfManagedBackend(new FolderStore(folder)), folder, { stacks, project });

  test("a stack is found with or without its project, and a misspelled name gets the nearest", async () => {
    oneDeployment().write(folder);
    for (const name of ["dev", "shop/dev", "organization/shop/dev"]) {
      expect((await choose([name])).map(({ shown }) => shown)).toEqual(["shop/dev"]);
    }
    await expect(choose(["def"])).rejects.toThrow('Unknown stack "def": did you mean "dev"?');
    await expect(choose([], "shoq")).rejects.toThrow(/Unknown project "shoq".*did you mean "shop"\?/);
  });

  test("a name that is near to none, or that there is nothing to be near to, gets what there is", async () => {
    oneDeployment().write(folder);
    await expect(choose(["production"], "shop")).rejects.toThrow('Unknown stack "production": use dev.');
    await expect(choose([], "other")).rejects.toThrow(/^Unknown project "other" \(no stack of it in .+\): use shop\.$/);
    await expect(choose(["dev"], "other")).rejects.toThrow(
      /^Unknown stack "dev": no stack of the project other in .+ Check/,
    );
  });

  test("organization/stack is a stack of the folder's project, and organization/project/stack of any", async () => {
    const stack = (full: string) => ({
      full,
      shown: full.replace(/^organization\//, ""),
      project: full.split("/")[1] ?? "",
      name: full.split("/")[2] ?? "",
    });
    const names = ["organization/shop/dev", "organization/other/dev", "acme/shop/dev"].map(stack);
    const backend = { description: "", stacks: async () => names, open: () => Promise.reject() };
    const full = async (name: string): Promise<string | undefined> =>
      (await selectStacks(backend, folder, { stacks: [name], project: "shop" }))[0]?.full;
    expect(await full("organization/dev")).toBe("organization/shop/dev");
    expect(await full("organization/other/dev")).toBe("organization/other/dev");
    expect(await full("acme/dev")).toBe("acme/shop/dev");
    await expect(full("nobody/dev")).rejects.toThrow("Unknown stack");
  });

  test("a project's name does not lead out of the backend's folder", async () => {
    oneDeployment().write(folder);
    await expect(choose([], "../stacks/shop")).rejects.toThrow(/^Unknown project/);
  });

  test("the folder's project is the default; without one, or without stacks, that is an error", async () => {
    await expect(choose([])).rejects.toThrow("No Pulumi project found here");
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    await expect(choose([])).rejects.toThrow(`There are no stacks in ${folder}.`);
    oneDeployment().write(folder);
    expect(await choose([])).toHaveLength(1);
  });

  test("all projects are all stacks of the backend, wherever the command runs", async () => {
    const named = (name: string, project: string) => ({ ...{ full: name, shown: name, project, name: "dev" } });
    const names = [named("shop/dev", "shop"), named("other/dev", "other")];
    const all = (stacks: typeof names) =>
      selectStacks({ description: "x", stacks: async () => stacks, open: () => Promise.reject() }, folder, {
        ...{ stacks: [], project: undefined, allProjects: true },
      });
    expect((await all(names)).map(({ shown }) => shown)).toEqual(["other/dev", "shop/dev"]);
    await expect(all([])).rejects.toThrow("There are no stacks in x.");
  });

  test("a name that stacks of several projects have is an error that lists them", async () => {
    const names = ["shop", "other"].map((project) => ({
      ...{ full: `organization/${project}/dev`, shown: `${project}/dev`, project, name: "dev" },
    }));
    const backend = { description: "", stacks: async () => names, open: () => Promise.reject() };
    await expect(selectStacks(backend, folder, { stacks: ["dev"], project: undefined })).rejects.toThrow(
      "Several projects have a stack of that name. Give --stack one of shop/dev, other/dev.",
    );
  });
});
