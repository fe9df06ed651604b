import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";

export type ButtonVariant = "default" | "primary" | "ghost" | "danger";

interface Look {
  variant?: ButtonVariant;
  small?: boolean;
  /** Square, for a lone icon: give it an `aria-label`. */
  iconOnly?: boolean;
}

function className({ variant = "default", small, iconOnly }: Look, extra = ""): string {
  const names = ["button"];
  if (variant !== "default") names.push(`button-${variant}`);
  if (small) names.push("button-small");
  if (iconOnly) names.push("button-icon");
  if (extra) names.push(extra);
  return names.join(" ");
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & Look & { busy?: boolean };

/** A button; while `busy` it shows a spinner and takes no clicks. */
export function Button(props: ButtonProps) {
  const { variant, small, iconOnly, busy, children, className: extra, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      className={className({ variant, small, iconOnly }, extra)}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
    >
      {busy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

/** A link inside the application that looks like a button. */
export function ButtonLink(props: Look & { href: string; children: ReactNode; title?: string }) {
  const { href, children, title, ...look } = props;
  return (
    <Link href={href} title={title} className={className(look)}>
      {children}
    </Link>
  );
}

/** A link that leaves the application (a download). */
export function ButtonAnchor(
  props: Look & { href: string; children: ReactNode; download?: boolean },
) {
  const { href, children, download, ...look } = props;
  return (
    <a href={href} download={download} className={className(look)}>
      {children}
    </a>
  );
}
