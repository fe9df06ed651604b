import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Redirect, useSearchParams } from "wouter";

import { post, rememberCsrfToken } from "../api/client";
import { keys } from "../api/keys";
import { useSession } from "../api/queries";
import type { Session } from "../api/types";
import { safeNextPath } from "../app/nextPath";
import { useTitle } from "../app/title";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { ErrorNote, ErrorState, Loading } from "../ui/states";

/** Logs in, then goes where the person wanted to be. */
export function LoginPage() {
  useTitle("Log in");
  const [search] = useSearchParams();
  const session = useSession();
  if (session.isPending) return <Loading what="Tubelab" />;
  if (session.data?.user) return <Redirect to={safeNextPath(search.get("next"))} replace />;
  if (session.isError) {
    return (
      <ErrorState
        title="Tubelab cannot be reached"
        error={session.error}
        onRetry={() => void session.refetch()}
      />
    );
  }
  return (
    <main className="login">
      <LoginForm />
    </main>
  );
}

function LoginForm() {
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: () => post<Session>("/api/session", { username: username.trim(), password }),
    onSuccess: (session) => {
      rememberCsrfToken(session.csrf_token);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] });
      client.setQueryData(keys.session, session);
    },
    onError: () => setPassword(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate();
  };
  return (
    <form className="panel login-form stack" onSubmit={submit}>
      <div>
        <h1>Tubelab</h1>
        <p className="muted">Label people and what they do in video.</p>
      </div>
      <TextField
        label="User name"
        name="username"
        autoComplete="username"
        autoFocus
        required
        value={username}
        onChange={(event) => setUsername(event.target.value)}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <ErrorNote error={login.error} />
      <Button type="submit" variant="primary" busy={login.isPending}>
        Log in
      </Button>
    </form>
  );
}
