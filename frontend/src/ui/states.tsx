/** What stands where content would: nothing yet, still loading, or failed. */

import type { ReactNode } from "react";

import { ApiError } from "../api/client";
import { Button } from "./Button";
import { Icon } from "./Icon";

export function Loading({ what }: { what: string }) {
  return (
    <div className="state" role="status">
      <span className="spinner" aria-hidden="true" />
      <p>Loading {what}…</p>
    </div>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyProps) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

interface ErrorProps {
  title: string;
  error: unknown;
  onRetry?: () => void;
  action?: ReactNode;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function ErrorState({ title, error, onRetry, action }: ErrorProps) {
  // What is not there, or not for this person, will not come by asking again.
  const canRetry = !(error instanceof ApiError && [403, 404].includes(error.status));
  return (
    <div className="state" role="alert">
      <h2>{title}</h2>
      <p>{errorMessage(error)}</p>
      <div className="row">
        {onRetry && canRetry && (
          <Button onClick={onRetry}>
            <Icon name="retry" />
            Try again
          </Button>
        )}
        {action}
      </div>
    </div>
  );
}

/** A failure beside the thing that failed, such as under a form. */
export function ErrorNote({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <div className="notice notice-bad" role="alert">
      {errorMessage(error)}
    </div>
  );
}
