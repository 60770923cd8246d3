/** A chart's numbers as text, folded away beneath it. */
import { UntrustedText } from '../ui/UntrustedText.tsx';
import { useState } from 'react';
import styles from './NumbersTable.module.css';

interface NumbersTableProps {
  readonly title: string;
  readonly head: readonly string[];
  /** Each as wide as `head`; the first cell names the row. Asked for once somebody opens the table. */
  readonly rows: () => readonly (readonly string[])[];
  /** Numbers that belong to no row: a name and a value each. */
  readonly levels?: readonly (readonly [string, string])[];
}

export function NumbersTable({ title, head, rows, levels = [] }: NumbersTableProps) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.numbers} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary aria-label={`Numbers of ${title}`}>Numbers</summary>
      {open && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard must be able to scroll it
        <section className={styles.table} tabIndex={0} aria-label={`Table of ${title}`}>
          <table>
            <thead>
              <tr>
                {head.map((name, column) => (
                  // oxlint-disable-next-line react/no-array-index-key -- two columns may have one name, and keep their places
                  <th scope="col" key={column}>
                    <UntrustedText text={name} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map(([first, ...others]) => (
                <tr key={first}>
                  <th scope="row">
                    <UntrustedText text={first ?? ''} />
                  </th>
                  {others.map((cell, column) => (
                    // oxlint-disable-next-line react/no-array-index-key -- the same
                    <td key={column}>{cell}</td>
                  ))}
                </tr>
              ))}
              {levels.map(([label, value]) => (
                <tr key={label}>
                  <th scope="row">
                    <UntrustedText text={label} />
                  </th>
                  <td colSpan={Math.max(1, head.length - 1)}>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
