import { Component, type ReactNode } from "react";

import { Button } from "../ui/Button";
import { errorMessage } from "../ui/states";

interface Props {
  /** Changing it (a new address) clears the failure. */
  resetKey: string;
  children: ReactNode;
}

/** Keeps one page's failure from taking the whole application with it. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate(previous: Props) {
    if (previous.resetKey !== this.props.resetKey && this.state.error) {
      this.setState({ error: null });
    }
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div className="state" role="alert">
        <h2>This page ran into a fault</h2>
        <p>
          What is saved is safe. Reload the page; if it happens again, report this message:{" "}
          <code>{errorMessage(this.state.error)}</code>
        </p>
        <Button onClick={() => window.location.reload()}>Reload</Button>
      </div>
    );
  }
}
