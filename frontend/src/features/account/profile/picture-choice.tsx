import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useApi } from "@/api/context";
import { keys, useMe } from "@/api/queries";
import { Button } from "@/components/button";
import { Refusal } from "@/components/form";
import { Avatar } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { putPicture } from "../api/put-picture";
import { removePicture } from "../api/remove-picture";
import css from "../account.module.css";
import { squarePicture } from "./square-picture";

export function PictureChoice() {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const { user } = useMe();
  const input = useRef<HTMLInputElement>(null);
  const change = useMutation({
    mutationFn: async (file: File | null) =>
      file ? putPicture(api, await squarePicture(file)) : removePicture(api),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.me }),
  });
  return (
    <>
      <div className={css["picture"]}>
        <Avatar id={user.id} name={user.display_name} picture={user.picture} size={72} />
        <div>
          <Button
            loading={change.isPending && change.variables !== null}
            onClick={() => input.current?.click()}
          >
            {t("account.choose_picture")}
          </Button>
          {user.picture ? (
            <Button
              kind="quiet"
              loading={change.isPending && change.variables === null}
              onClick={() => change.mutate(null)}
            >
              {t("account.remove_picture")}
            </Button>
          ) : null}
        </div>
        <input
          ref={input}
          type="file"
          accept="image/png,image/jpeg,image/webp"
          hidden
          aria-hidden
          data-testid="picture"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file) change.mutate(file);
          }}
        />
      </div>
      <p className={css["sub"]}>{t("account.picture_hint")}</p>
      <Refusal error={change.error} />
    </>
  );
}
