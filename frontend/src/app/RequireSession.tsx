import { useQueryClient } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { Redirect } from "wouter";

import { onLoggedOut } from "../api/client";
import { keys } from "../api/keys";
import { useSession } from "../api/queries";
import type { Session } from "../api/types";
import { ErrorState, Loading } from "../ui/states";
import { loginPath } from "./nextPath";

/** Shows its children to people who are logged in and sends others to the login page. */
export function RequireSession({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const session = useSession();
  useEffect(
    () =>
      onLoggedOut(() =>
        client.setQueryData<Session>(keys.session, (old) => old && { ...old, user: null }),
      ),
    [client],
  );
  if (session.isPending) return <Loading what="Tubelab" />;
  if (session.isError && !session.data) {
    return (
      <ErrorState
        title="Tubelab cannot be reached"
        error={session.error}
        onRetry={() => void session.refetch()}
      />
    );
  }
  if (!session.data.user) return <Redirect to={loginPath(window.location)} replace />;
  return children;
}
