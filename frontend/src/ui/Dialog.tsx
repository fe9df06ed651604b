import { useId, useLayoutEffect, useRef, type ReactNode } from "react";

import { Button, type ButtonVariant } from "./Button";
import { Icon } from "./Icon";
import { ErrorNote } from "./states";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  /** Room for two columns. */
  wide?: boolean;
}

const FIRST_FOCUS =
  ".dialog-body :is(input, select):enabled, .dialog-foot button, .dialog-body button";

/** A modal dialog: mounted is open. The browser keeps focus inside and closes it on Esc. */
export function Dialog({ title, onClose, children, footer, wide }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the page is changed: closed while it is still there, it gives the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current!;
    if (!dialog.open) dialog.showModal();
    // The browser would choose the close button; in a question without fields, take "Cancel".
    dialog.querySelector<HTMLElement>(FIRST_FOCUS)?.focus();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId} title={title}>
          {title}
        </h2>
        <Button variant="ghost" iconOnly small aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </Button>
      </div>
      <div className="dialog-body">{children}</div>
      {footer && <div className="dialog-foot">{footer}</div>}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  children: ReactNode;
  action: string;
  variant?: ButtonVariant;
  busy?: boolean;
  disabled?: boolean;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmProps) {
  const { title, children, action, variant = "danger", busy, disabled, error } = props;
  const { onConfirm, onClose } = props;
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant={variant} busy={busy} disabled={disabled} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="stack">
        <div className="muted">{children}</div>
        <ErrorNote error={error} />
      </div>
    </Dialog>
  );
}
