// What stands where the list of a folder is: the list, or what there is to say instead of it.
import { IconFolderOpen } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { EmptyState, ErrorState } from "@/components/states";
import { useI18n } from "@/lib/i18n/i18n";
import { FileListSkeleton } from "./file-list";
import css from "./list.module.css";

export function FolderContent(props: {
  loading: {
    isPending: boolean;
    isError: boolean;
    error: Error | null;
    hasNextPage: boolean;
    refetch: () => unknown;
  };
  /** How many items the folder has as far as it is loaded, and how many of them pass the filter. */
  loaded: number;
  shown: number;
  query: string;
  onShowAll: () => void;
  /** What can be done in an empty folder. */
  emptyActs: ReactNode;
  /** The list itself. */
  children: ReactNode;
}) {
  const { t } = useI18n();
  const { loading, loaded, shown, query } = props;
  if (loading.isError && loaded === 0) {
    return <ErrorState error={loading.error} onRetry={() => void loading.refetch()} />;
  }
  if (loading.isPending) return <FileListSkeleton />;
  if (loaded === 0 && !loading.hasNextPage) {
    return (
      <EmptyState icon={IconFolderOpen} title={t("files.empty_title")} text={t("files.empty_text")}>
        {props.emptyActs}
      </EmptyState>
    );
  }
  if (shown === 0 && !loading.hasNextPage) {
    return (
      <EmptyState icon={IconFolderOpen} title={t("files.nothing_found", { query })}>
        <button type="button" className={css["link"]} onClick={props.onShowAll}>
          {t("files.show_all", { count: loaded })}
        </button>
      </EmptyState>
    );
  }
  return props.children;
}
