import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from "react";

import { Button } from "./Button";

export interface MenuItem {
  label: string;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
}

const MENU_GAP_PX = 4;

interface MenuProps {
  label: string;
  items: MenuItem[];
  children: ReactNode;
  small?: boolean;
  iconOnly?: boolean;
}

/** A button that opens a list of actions; arrows move, Esc closes and gives focus back. */
export function Menu({ label, items, children, small, iconOnly = true }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    if (open) place(list.current!, root.current!.getBoundingClientRect());
  }, [open]);

  useEffect(() => {
    if (!open) return;
    list.current?.querySelector("button")?.focus({ preventScroll: true });
    const closeOutside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const close = () => setOpen(false);
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("scroll", close, true);
    window.addEventListener("resize", close);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("scroll", close, true);
      window.removeEventListener("resize", close);
    };
  }, [open]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    if (event.key === "Escape" || event.key === "Tab") {
      setOpen(false);
      root.current?.querySelector("button")?.focus();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      moveFocus(list.current!, event.key === "ArrowDown" ? 1 : -1);
    }
  };

  return (
    <div className="menu" ref={root} onKeyDown={onKeyDown}>
      <Button
        variant="ghost"
        iconOnly={iconOnly}
        small={small}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {children}
      </Button>
      {open && (
        <div className="menu-list" role="menu" ref={list}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              disabled={item.disabled}
              className={item.danger ? "menu-item menu-item-danger" : "menu-item"}
              onClick={() => {
                setOpen(false);
                item.onSelect();
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** Below the button and flush right with it; above where there is no room below. */
function place(list: HTMLElement, button: DOMRect): void {
  const { height } = list.getBoundingClientRect();
  const below = button.bottom + MENU_GAP_PX;
  const fits = below + height <= window.innerHeight;
  list.style.top = `${fits ? below : button.top - MENU_GAP_PX - height}px`;
  list.style.right = `${document.documentElement.clientWidth - button.right}px`;
}

function moveFocus(list: HTMLElement, step: 1 | -1): void {
  const items = [...list.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  items[(at + step + items.length) % items.length]?.focus();
}
