import { useLayoutEffect, useRef, type ReactNode } from "react";
import { useLocation } from "wouter";

import { TopBar } from "./TopBar";

/** The frame of every page but the editor: the bar above, the body scrolling below it. */
export function Page({ crumbs, children }: { crumbs?: ReactNode; children: ReactNode }) {
  const [path] = useLocation();
  const scroll = useRef<HTMLElement>(null);
  // The frame stays from page to page; each of them begins at its top.
  useLayoutEffect(() => {
    if (scroll.current) scroll.current.scrollTop = 0;
  }, [path]);
  return (
    <div className="page">
      <TopBar>{crumbs}</TopBar>
      <main className="page-scroll" ref={scroll}>
        <div className="page-body">{children}</div>
      </main>
    </div>
  );
}
