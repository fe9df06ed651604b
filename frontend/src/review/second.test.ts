import { expect, it } from "vitest";

import { NOTHING_SAID } from "../editor/ui";
import { withAction, withPerson } from "./second";

it("takes an action for a person's", () => {
  const said = withAction(NOTHING_SAID, 3);
  expect(said).toEqual({ person: true, labelIds: [3] });
  expect(withAction(withAction(said, 5), 3)).toEqual({ person: true, labelIds: [5] });
  expect(withAction({ person: true, labelIds: [3, 5] }, 7, true).labelIds).toEqual([7]);
});

it("has no actions of what is no person", () => {
  expect(withPerson({ person: true, labelIds: [3] }, false)).toEqual({
    person: false,
    labelIds: [],
  });
  expect(withPerson({ person: null, labelIds: [] }, true)).toEqual({ person: true, labelIds: [] });
});
