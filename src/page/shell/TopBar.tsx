import { ActionIcon, Tooltip } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { Link } from 'wouter';
import { DeviceBadge } from './DeviceBadge.tsx';
import { PAGES, type PagePath } from './pages.ts';
import { ThemeSwitch } from './ThemeSwitch.tsx';

export function TopBar({ room, onKeys }: { readonly room: PagePath; readonly onKeys: () => void }) {
  return (
    <header className="top-bar">
      <Link href="/train" className="brand" aria-label="Minicopilot Lab: to Train">
        <img src="./favicon.svg" width={22} height={22} alt="" />
        <span>
          Minicopilot <span className="brand-lab">Lab</span>
        </span>
      </Link>
      <nav className="rooms" aria-label="Rooms">
        {PAGES.map(({ path, title }) => (
          <Link key={path} href={path} className="room-link" aria-current={path === room ? 'page' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <div className="top-bar-end">
        <DeviceBadge />
        <Tooltip label="Keys">
          <ActionIcon
            className="wide-only"
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
