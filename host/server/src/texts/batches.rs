//! Words of batches, of their undo, of the recycle bin and of transfers.

use guanxi_store::{BatchKind, BatchState};

use super::{Texts, texts};

impl Texts {
    /// What a batch does.
    pub fn batch_kind(self, kind: BatchKind) -> &'static str {
        match kind {
            BatchKind::BulkEdit => self.bulk_edit(),
            BatchKind::BulkDelete => self.bulk_delete(),
            BatchKind::Import => self.import(),
            BatchKind::Transfer => self.transfer_records(),
            BatchKind::Undo => self.undo(),
        }
    }

    /// How far a batch is.
    pub fn batch_state(self, state: BatchState) -> &'static str {
        match state {
            BatchState::Running => self.batch_running(),
            BatchState::Done => self.batch_done(),
            BatchState::Interrupted => self.batch_interrupted(),
            BatchState::Undone => self.batch_undone(),
            BatchState::PartlyUndone => self.batch_partly_undone(),
        }
    }
}

texts! {
    batches => "批量操作", "Batches";
    batch_number(id) => "批次 {id}", "Batch {id}";
    bulk_edit => "批量修改", "Bulk edit";
    bulk_delete => "批量删除", "Bulk delete";
    transfer_records => "移交记录", "Transfer of records";
    batch_running => "进行中", "Running";
    batch_done => "已完成", "Done";
    batch_interrupted => "已中断", "Interrupted";
    batch_undone => "已撤销", "Undone";
    batch_partly_undone => "部分撤销", "Partly undone";
    batch_what => "内容", "What";
    batch_kind_label => "操作", "Kind";
    batch_object => "对象", "Object";
    batch_who => "操作人", "Who";
    batch_when => "时间", "When";
    batch_took => "用时", "Took";
    batch_changed_of(changed, wanted) => "{changed} / {wanted} 条", "{changed} of {wanted}";
    batch_result => "结果", "Result";
    batch_state_label => "状态", "State";
    batches_none => "还没有批量操作", "No batches yet";
    batches_none_hint => "批量修改、批量删除、导入、移交和撤销都会记在这里，30 天内可以撤销。", "Bulk edits, bulk deletes, imports, transfers and undos appear here. They can be undone for 30 days.";
    batches_older => "更早的", "Older";
    batches_newest => "回到最新", "Back to the newest";

    count_wanted => "符合", "Match";
    count_will_change => "会改变", "Will change";
    count_changed => "已改变", "Changed";
    count_will_undo => "会撤销", "Will be undone";
    count_undone => "已撤销", "Undone";
    count_unchanged => "不变", "Stay as they are";
    count_changed_since => "后来又改过", "Changed since";
    count_changed_since_note => "后来改过的字段保持不动", "Fields changed since stay";
    count_refused => "不能改", "Refused";
    count_refused_note => "原因见下", "Reasons below";
    result_changed => "已改变", "Changed";
    result_undone => "已撤销", "Undone";
    result_will_undo => "会撤销", "Will be undone";
    result_unchanged => "不变", "Unchanged";
    result_refused => "不能改", "Refused";
    result_changed_since => "后来又改过", "Changed since";
    fields_that_stay(fields) => "保持不动：{fields}", "Stays: {fields}";
    refused_records => "没有改变的记录", "Records that did not change";
    refused_records_preview => "不会改变的记录", "Records that will not change";
    undone_records_preview => "每条记录会怎样", "What becomes of each record";
    record_column => "记录", "Record";
    reason_column => "原因", "Why";
    record_out_of_sight => "（您看不到这条记录）", "(a record you cannot see)";
    record_never_made => "（没有建成）", "(never made)";
    only_first_shown(shown) => "只列出前 {shown} 条", "Only the first {shown} are listed";
    sample_changes => "改动示例", "Sample changes";
    field_column => "字段", "Field";
    old_column => "原值", "Before";
    new_column => "新值", "After";
    by_object => "各对象的条数", "Records by object";
    records_number(count: count) => "{count} 条记录", "1 record", "{count} records";
    progress_of(done, wanted) => "已处理 {done} / {wanted}", "{done} of {wanted} done";
    progress_goes_on => "这个页面会自己更新；关掉也不影响进行。", "This page refreshes itself. You can leave it; the work goes on.";
    interrupted_title => "这批操作没有做完", "This batch did not get to its end";
    interrupted_hint => "已写入的部分是完整的，可以撤销；也可以再做一次。", "What was written is whole and can be undone, or the batch can be started again.";
    batch_details => "这批操作", "This batch";
    detail_filter => "条件", "Filter";
    detail_all_records => "全部记录", "All records";
    detail_chosen => "选中的", "Chosen";
    detail_new_values => "新值", "New values";
    detail_undoes => "撤销的是", "Undoes";
    detail_undone_by => "撤销它的是", "Undone by";
    undone_title => "这批操作已经撤销", "This batch was undone";
    undone_hint => "要重新做，请撤销那次撤销。", "To do it again, undo that undo.";
    partly_undone_title => "这批操作撤销了一部分", "This batch was undone in part";
    partly_undone_hint => "其余的后来改过，或不能改。可以再撤销一次。", "The rest was changed since or refused. You can undo again.";
    undo_this => "撤销这批操作", "Undo this batch";
    redo_this => "撤销这次撤销（重做）", "Undo this undo (redo)";
    undo_expired => "超过 30 天，不能再撤销", "Older than 30 days: cannot be undone any more";
    undo_question(title) => "撤销“{title}”", "Undo \"{title}\"";
    undo_explained => "只撤销之后没有人再改过的字段；撤销本身也是一批操作，也可以撤销。", "Only fields that nobody changed since go back. The undo is a batch itself and can be undone.";
    undo_now(count: count) => "撤销 {count} 条", "Undo 1 record", "Undo {count} records";
    undo_nothing => "没有可以撤销的：这些字段后来都改过，或已是原值。", "Nothing is left to undo: these fields were changed since, or are back already.";
    undo_started(title) => "正在撤销“{title}”", "Undoing \"{title}\"";
    undo_done(title) => "已撤销“{title}”", "Undid \"{title}\"";

    choose_rows => "勾选", "Choose";
    choose_row(title) => "选择 {title}", "Choose {title}";
    choose_page => "选择本页", "Choose this page";
    chosen_rows(count) => "已选 {count} 条", "{count} chosen";
    chosen_rows_form => "勾选的记录", "The chosen rows";
    choose_all_matching(count) => "符合条件的全部 {count} 条", "All {count} that match";
    choose_all_matching_about(count) => "符合条件的全部（约 {count} 条）", "All that match (about {count})";
    bulk_actions => "批量操作", "Bulk actions";
    bulk_edit_of(object) => "批量修改{object}", "Edit many {object} records";
    bulk_delete_of(object) => "批量删除{object}", "Delete many {object} records";
    bulk_about(count: count) => "涉及 {count} 条记录", "About 1 record", "About {count} records";
    bulk_nothing_chosen => "还没有选择记录", "No rows were chosen";
    bulk_nothing_chosen_hint => "回到列表，勾选要改的记录，或选择符合条件的全部。", "Go back to the list and choose rows, or all that match.";
    bulk_add_field => "要改的字段", "Field to change";
    bulk_add => "加上这个字段", "Add this field";
    bulk_remove_field(field) => "不改“{field}”", "Leave \"{field}\" as it is";
    bulk_blank_clears => "留空会清空这个字段", "Blank clears the field";
    bulk_choose_field_first => "先选一个要改的字段", "Choose a field to change first";
    bulk_title => "给这批操作起个名字", "Name of this batch";
    bulk_title_help => "选填；以后在“批量操作”里按它找", "Optional. How you find it again in the list of batches";
    bulk_preview => "预览", "Preview";
    bulk_preview_again => "重新预览", "Preview again";
    bulk_back => "返回修改", "Back to the values";
    bulk_nothing_written => "还没有写入任何改动", "Nothing is written yet";
    bulk_nothing_written_hint => "看过下面的预览，再确认。", "Look at the preview, then confirm.";
    bulk_edit_now(count: count) => "修改 {count} 条", "Change 1 record", "Change {count} records";
    bulk_delete_now(count: count) => "删除 {count} 条", "Delete 1 record", "Delete {count} records";
    bulk_nothing_to_do => "没有会改变的记录", "Nothing would change";
    bulk_started => "已经开始", "It has begun";
    bulk_finished(count: count) => "已改变 {count} 条", "1 record changed", "{count} records changed";
    bulk_agree => "有记录需要您确认", "Some records need you to agree";
    bulk_agree_one(count, words) => "{words}（{count} 条）", "{words} ({count})";
    bulk_examples => "其中有", "Among them";
    undo_whole_records => "会恢复或删除整条记录，没有逐个字段的改动。", "Whole records come back or go again; no single fields change.";
    bulk_delete_hint => "删除的记录进入回收站，也可以整批撤销。", "Deleted records go to the recycle bin. The batch can be undone.";

    undo_change => "撤销此改动", "Undo this change";
    undo_change_of(title) => "撤销对“{title}”的一次改动", "Undo a change of \"{title}\"";
    undo_change_now => "撤销", "Undo";
    undo_change_refused => "现在不能撤销", "This cannot be undone now";
    undo_change_done => "已撤销那次改动", "That change was undone";
    as_it_was => "当时的样子", "As it was";
    as_of_version(title, version) => "{title} · 版本 {version}", "{title} · version {version}";
    as_of_version_note(version, when) => "这是版本 {version}（{when}）时的样子，只能看", "This is version {version} ({when}); it can only be read";
    as_of_version_hint => "明细行和汇总数没有旧的样子，这里不显示。", "Lines and roll-ups keep no former state and are not shown.";
    to_current_version => "看现在的样子", "See it as it is now";
    first_values => "最初填写的值", "First values";
    version_older => "上一版本", "Older version";
    version_newer => "下一版本", "Newer version";

    recycle_bin => "回收站", "Recycle bin";
    recycle_bin_none(object) => "没有删除的{object}", "No deleted {object}";
    recycle_bin_none_hint => "删除的记录会出现在这里，可以恢复。", "Deleted records appear here and can be brought back.";
    deleted_by => "删除人", "Deleted by";
    deleted_at => "删除时间", "Deleted";
    untitled_record => "（没有名称）", "(no name)";
    restored(title) => "已恢复“{title}”", "Brought \"{title}\" back";
    not_restored(title) => "没能恢复“{title}”", "\"{title}\" was not brought back";
    restore_anyway => "仍要恢复", "Bring it back anyway";
    purge => "彻底删除", "Remove for good";
    purge_question(title) => "彻底删除“{title}”？", "Remove \"{title}\" for good?";
    purge_consequence => "连同它的变更历史一起删除。这一步不能撤销。", "Its history goes with it. This cannot be undone.";
    purged(title) => "已彻底删除“{title}”", "Removed \"{title}\" for good";

    transfer_of(name) => "移交 {name} 的记录", "Transfer the records of {name}";
    transfer_to => "移交给", "Give them to";
    transfer_to_help => "在职的用户", "An active user";
    transfer_objects => "哪些对象", "Which objects";
    transfer_objects_help => "都不勾选，就是除用户和部门以外的全部", "None chosen means all but users and departments";
    transfer_none(name) => "{name} 名下没有记录", "{name} owns no records";
    transfer_none_hint => "没有可移交的。", "There is nothing to transfer.";
    transfer_now(count: count) => "移交 {count} 条", "Transfer 1 record", "Transfer {count} records";
}
