import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { del } from "../api/client";
import { useSession } from "../api/queries";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { toastError } from "../ui/Toast";

function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M5 22 11.5 9H27l-6.5 13zM11.5 22 18 9" className="logo-stroke" />
    </svg>
  );
}

/** The application's bar: home, where one is, who one is. */
export function TopBar({ children }: { children?: ReactNode }) {
  const { data: session } = useSession();
  return (
    <header className="topbar">
      <Link href="/" className="topbar-home">
        <Logo />
        Tubelab
      </Link>
      <div className="topbar-where">{children}</div>
      {session?.user && <UserMenu username={session.user.username} />}
    </header>
  );
}

function UserMenu({ username }: { username: string }) {
  const client = useQueryClient();
  const logout = useMutation({
    mutationFn: () => del("/api/session"),
    onSuccess: () => {
      client.clear();
      window.location.assign("/login");
    },
    onError: toastError,
  });
  return (
    <Menu
      label={`Account of ${username}`}
      iconOnly={false}
      items={[{ label: "Log out", onSelect: () => logout.mutate() }]}
    >
      <span className="ellipsis topbar-user">{username}</span>
      <Icon name="more" />
    </Menu>
  );
}

/** One step of the path to the present page. */
export function Crumb({ text, href }: { text: string; href?: string }) {
  return (
    <>
      <span className="topbar-slash" aria-hidden="true">
        /
      </span>
      {href ? (
        <Link href={href} className="ellipsis topbar-crumb" title={text}>
          {text}
        </Link>
      ) : (
        <span className="ellipsis topbar-crumb" title={text}>
          {text}
        </span>
      )}
    </>
  );
}
