import '@mantine/core/styles.layer.css';
import './shell/global.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/App.tsx';
import { exposeAutomation } from './client/automation.ts';
import { isolatePage } from './client/isolation.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');

// null: the page is about to be loaded again
if ((await isolatePage()) !== null) {
  exposeAutomation();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
