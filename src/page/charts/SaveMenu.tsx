/** Downloads a chart as a picture or as CSV. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useRef } from 'react';
import { csv } from '#core/formats/csv.ts';
import { attempt } from '../ui/failures.ts';
import { saveFile } from '../ui/saveFile.ts';
import { chartSvg, pngOf } from './picture.ts';
import styles from './ChartFrame.module.css';

interface SaveMenuProps {
  readonly name: string;
  readonly title: string;
  /** Rows of cells, the head first. */
  readonly rows: () => readonly (readonly string[])[];
}

export function SaveMenu({ name, title, rows }: SaveMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const svg = () => {
    const figure = button.current?.closest('figure');
    const drawn = figure ? chartSvg(figure) : null;
    if (drawn === null) throw new Error(`the chart ${name} is not drawn yet`);
    return drawn;
  };
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <ActionIcon
          ref={button}
          className={styles.save}
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`Download ${title}`}
        >
          <IconDownload size={15} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() =>
            void attempt(async () => saveFile(`${name}.svg`, new Blob([svg()], { type: 'image/svg+xml' })))
          }
        >
          SVG image
        </Menu.Item>
        <Menu.Item onClick={() => void attempt(async () => saveFile(`${name}.png`, await pngOf(svg())))}>
          PNG image
        </Menu.Item>
        <Menu.Item onClick={() => saveFile(`${name}.csv`, new Blob([csv(rows())], { type: 'text/csv;charset=utf-8' }))}>
          CSV data
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
