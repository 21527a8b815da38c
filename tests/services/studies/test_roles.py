import pytest

from dashboard.services.studies.roles import marks_region, mask_rank, role_of

ROLES = {
    "image": "T1 b0 flair adc sub-1_T1w segment_T1 unmask T1_masked groin gtx awm_T1 swm T1wm "
    "newmark csfd probe labelled maskerade whiteness T1_wmn atlases2x avg152T1 classic_map",
    "mask": "mask brainmask brain-mask brain_mask bet_mask sub-1_desc-brain_mask gm_mask mask2 "
    "lesion_mask MNI152_T1_2mm_brain_mask_dil Mask T1.mask",
    "labels": "dseg aseg aparc+aseg seg T1_fast_seg labels label lesion_gt lesions gt roi parc "
    "atlas niworkflows_FAST_class_map classmap labels_csf1_gm2_wm3 wm_seg aparc.DKT+aseg wmparc",
    "probability": "probseg label-GM_probseg prob pve T1_pve_0 tpm TPM csf gm wm grey gray white "
    "grey_matter c1_wm T1-gm prob_seg",
}


@pytest.mark.parametrize(
    ("role", "name"), [(role, name) for role, names in ROLES.items() for name in names.split()]
)
def test_whole_words_of_a_name_say_what_a_file_is_for(role, name):
    assert role_of(f"{name}.nii.gz", name) == role


def test_freesurfers_brainmask_is_a_stripped_image_and_that_of_others_a_mask():
    assert role_of("brainmask.mgz", "brainmask") == "image"
    assert role_of("brainmask.nii.gz", "brainmask") == "mask"


REGIONS = (
    "lesion_mask lesions T1_lesion_gt tumor_mask brain_tumor_mask tumour_seg edema oedema2 wmh gt "
    "roi sub-01_label-L_mask sub-01_label-lesion_roi sub-01_space-T1w_desc-lesion_mask lesionmask"
)
HEADS = (
    "brain_mask brainmask mask bet_mask T1_mask dseg aseg seg gm_mask dilesion_mask sub-gt01_mask "
    "tumor_003_brain_mask sub-01_ses-lesion_desc-brain_mask sub-01_hemi-L_mask gtx_mask"
)


@pytest.mark.parametrize("name", REGIONS.split())
def test_names_of_lesions_and_regions_are_those_of_no_whole_head(name):
    assert marks_region(name)


@pytest.mark.parametrize("name", HEADS.split())
def test_other_names_and_those_of_subjects_are_no_regions(name):
    assert not marks_region(name)


def test_masks_of_brains_come_first_and_regions_last():
    names = {"roi_mask": "mask", "lesion_seg": "labels", "dseg": "labels", "csf_mask": "mask",
             "mask": "mask", "T1_bet_mask": "mask"}  # fmt: skip
    ranked = sorted(names, key=lambda name: mask_rank(names[name], name))
    assert ranked == ["T1_bet_mask", "mask", "csf_mask", "dseg", "roi_mask", "lesion_seg"]
