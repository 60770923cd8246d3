import { ActionIcon, Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { Link } from 'wouter';
import { DeviceBadge } from './DeviceBadge.tsx';
import { PAGES, type PagePath } from './pages.ts';
import { ThemeSwitch } from './ThemeSwitch.tsx';
import shared from '../ui/shared.module.css';
import styles from './TopBar.module.css';

export function TopBar({ page, onKeys }: { readonly page: PagePath; readonly onKeys: () => void }) {
  return (
    <header className={styles.bar}>
      <Link href="/train" className={styles.brand} aria-label="Minicopilot Lab: to Train">
        <img src="./favicon.svg" width={22} height={22} alt="" />
        <span>
          Minicopilot <span className={styles.brandLab}>Lab</span>
        </span>
      </Link>
      <nav className={styles.pages} aria-label="Pages">
        {PAGES.map(({ path, title }) => (
          <Link key={path} href={path} className={styles.pageLink} aria-current={path === page ? 'page' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <div className={styles.end}>
        <DeviceBadge />
        <Tooltip label="Keys">
          <ActionIcon
            className={shared.wideOnly}
            variant="subtle"
            color="gray"
            size="lg"
            aria-label="Show keys"
            onClick={onKeys}
          >
            <IconKeyboard size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <ThemeSwitch />
      </div>
    </header>
  );
}
