// The settings of one space: what it is called, who is in it, and its end.
import { IconArchive, IconArchiveOff, IconFolderOpen, IconTrash, IconUserShare } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useApi } from "@/api/context";
import type { Space } from "@/api/model";
import { useMe } from "@/api/queries";
import { Button } from "@/components/button";
import { Refusal } from "@/components/form";
import { FormDialog } from "@/components/form-dialog";
import { SidePanel } from "@/components/side-panel";
import { When } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { activateSpace } from "./api/activate-space";
import { archiveSpace } from "./api/archive-space";
import type { Candidate } from "./api/model";
import { transferSpace } from "./api/transfer-space";
import { Members } from "./members";
import { PeoplePicker } from "./people-picker";
import { roleKey } from "./role-key";
import { SpaceForm } from "./space-form";
import { useSpacesChanged } from "./use-spaces-changed";
import css from "./spaces.module.css";

export function SpacePanel({ space, onClose }: { space: Space; onClose: () => void }) {
  const { t, format } = useI18n();
  const api = useApi();
  const navigate = useNavigate();
  const changed = useSpacesChanged();
  const [open, setOpen] = useState<"archive" | "transfer" | null>(null);
  const close = () => setOpen(null);
  const archive = useMutation({
    mutationFn: () => archiveSpace(api, space.id),
    onSuccess: async () => {
      close();
      await changed();
    },
  });
  const activate = useMutation({ mutationFn: () => activateSpace(api, space.id), onSuccess: changed });
  const team = space.kind === "team";
  const name = team ? visibleName(space.name) : t("shell.personal_space");
  const used = space.used ?? space.size;
  return (
    <SidePanel title={name} onClose={onClose}>
      <div className={css["panelActs"]}>
        <Button
          size="small"
          icon={IconFolderOpen}
          onClick={() => void navigate({ to: "/files/$nodeId", params: { nodeId: space.root_id } })}
        >
          {t("spaces.open")}
        </Button>
        <Button
          size="small"
          icon={IconTrash}
          onClick={() => void navigate({ to: "/trash", search: { space: space.id } })}
        >
          {t("trash.title")}
        </Button>
      </div>
      <dl className={css["facts"]}>
        <div>
          <dt>{t("spaces.role")}</dt>
          <dd>{t(roleKey(space.role))}</dd>
        </div>
        <div>
          <dt>{t("spaces.files_now")}</dt>
          <dd className="num">{format.bytes(space.size)}</dd>
        </div>
        <div>
          <dt>{t("spaces.with_versions")}</dt>
          <dd className="num">
            {space.quota === null
              ? format.bytes(used)
              : t("upload.bytes", { sent: format.bytes(used), total: format.bytes(space.quota) })}
          </dd>
        </div>
        {space.archived_at ? (
          <div>
            <dt>{t("spaces.archived")}</dt>
            <dd>
              <When time={space.archived_at} />
            </dd>
          </div>
        ) : null}
        {!space.abilities.manage && space.description !== "" ? (
          <div>
            <dt>{t("spaces.description")}</dt>
            <dd>{visibleName(space.description)}</dd>
          </div>
        ) : null}
      </dl>
      {space.abilities.manage && space.archived_at === null ? (
        <SpaceForm key={`${space.name}\n${space.description}`} space={space} />
      ) : null}
      {team && space.role !== "uploader" ? <Members space={space} /> : null}
      {team && (space.abilities.manage || space.abilities.archive) ? (
        <section aria-label={t("spaces.end")}>
          <h3>{t("spaces.end")}</h3>
          <Refusal error={activate.error} />
          <div className={css["panelActs"]}>
            {space.abilities.manage ? (
              <Button size="small" icon={IconUserShare} onClick={() => setOpen("transfer")}>
                {t("spaces.transfer")}
              </Button>
            ) : null}
            {space.abilities.archive && space.archived_at === null ? (
              <Button
                size="small"
                icon={IconArchive}
                onClick={() => {
                  archive.reset();
                  setOpen("archive");
                }}
              >
                {t("spaces.archive")}
              </Button>
            ) : null}
            {space.abilities.archive && space.archived_at !== null ? (
              <Button
                size="small"
                icon={IconArchiveOff}
                loading={activate.isPending}
                onClick={() => activate.mutate()}
              >
                {t("spaces.activate")}
              </Button>
            ) : null}
          </div>
        </section>
      ) : null}
      {open === "archive" ? (
        <FormDialog
          title={t("spaces.archive_title", { name })}
          text={<p>{t("spaces.archive_text")}</p>}
          submit={t("spaces.archive")}
          onClose={close}
          onSubmit={() => archive.mutate()}
          pending={archive.isPending}
          error={archive.error}
        />
      ) : null}
      {open === "transfer" ? <Transfer space={space} name={name} onClose={close} /> : null}
    </SidePanel>
  );
}

function Transfer(props: { space: Space; name: string; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const me = useMe();
  const changed = useSpacesChanged();
  const [chosen, setChosen] = useState<Candidate | null>(null);
  const [tried, setTried] = useState(false);
  const transfer = useMutation({
    mutationFn: (who: Candidate) => transferSpace(api, props.space.id, who.id),
    onSuccess: async () => {
      props.onClose();
      await changed();
    },
  });
  const without = useMemo(() => new Set([me.user.id]), [me.user.id]);
  return (
    <FormDialog
      title={t("spaces.transfer_title", { name: props.name })}
      text={<p>{t("spaces.transfer_text")}</p>}
      submit={t("spaces.transfer")}
      onClose={props.onClose}
      onSubmit={() => chosen && transfer.mutate(chosen)}
      pending={transfer.isPending}
      incomplete={chosen === null}
      onIncomplete={() => setTried(true)}
      error={transfer.error}
    >
      <PeoplePicker
        label={t("admin.find_person")}
        kinds={["user"]}
        chosen={chosen}
        onChoose={setChosen}
        without={without}
        error={tried && chosen === null ? t("form.choose_somebody") : null}
      />
    </FormDialog>
  );
}
