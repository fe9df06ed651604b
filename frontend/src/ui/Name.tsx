/** A name cut to one line, whole in its title. */
export function Name({ text, className = "" }: { text: string; className?: string }) {
  return (
    <span className={`ellipsis ${className}`} title={text}>
      {text}
    </span>
  );
}
