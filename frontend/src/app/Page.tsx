import type { ReactNode } from "react";

import { TopBar } from "./TopBar";

/** The frame of every page but the editor: the bar above, the body scrolling below it. */
export function Page({ crumbs, children }: { crumbs?: ReactNode; children: ReactNode }) {
  return (
    <div className="page">
      <TopBar>{crumbs}</TopBar>
      <main className="page-scroll">
        <div className="page-body">{children}</div>
      </main>
    </div>
  );
}
