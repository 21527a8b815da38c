"""What names say, for made-up names of many programs: role, contrast and processing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.services.studies import conventions
from dashboard.services.studies.files import study_files
from dashboard.services.studies.roles import bids_meaning, meaning

# Images by what they show; names alone, as people and programs write them.
CONTRASTS = {
    "T1": "T1 t1 T1w T1_brain T1_N4 mT1 wmT1 rT1 t1_mprage MPRAGE mprage_sag sub-01_T1w_defaced "
          "3DT1 "
          "avg152T1 MNI152_T1_2mm T1Warped T1_biascorr_brain IXI002-Guys-0828-T1 t1n T1_to_MNI_lin "
          "IR-FSPGR sT1W_3D_TFE UNI uni_den UNIT1 T1_pre T1_cor T1_post_op anat_T1 "
          "T1_skull_stripped "
          "T1w_acpc_dc_restore_brain orig rawavg nu norm brain",
    "T1Gd": "T1gd t1ce T1c T1-Gd T1POST t1_contrast T1_post_contrast T1wCE post_T1 T1_gad T1KM",
    "T2": "T2 t2w T2_to_T1 t2_tse_tra mT2 IXI002-T2 T2_brain BraTS-GLI-00001-000-t2w",
    "FLAIR": "FLAIR flair T2_FLAIR T2flair t2f t2_tirm_tra_dark-fluid rFLAIR FLAIR_to_T1",
    "b0": "b0 B0 b0_brain dwi_b0 nodif nodif_brain dti_S0 mean_bzero b=0 b_0 ep2d_diff_b0",
    "PD": "PD pdw avg152PD proton_density",
    "T2star": "T2star T2s T2w_star",
    "T1map": "T1map R1 R1map T1_map qT1",
    "T2starmap": "R2star R2s R2star_map T2star_map",
    "ADC": "ADC adc dwi_ADC MD dti_MD",
    "FA": "FA tensor_fa dti_FA",
    "MT": "MTR MTsat MTRmap",
    "INV1": "INV1 mp2rage_inv1 MP2RAGE_INV1",
    "INV2": "inv2 MP2RAGE_inv-2",
    "SWI": "SWI swi", "dwi": "dwi dti", "bold": "bold rest_bold",
}  # fmt: skip
ROLES = {
    "mask": "antsBrainExtractionMask T1_brain_mask b0_mask T1_mask brainMask T1_bet_mask "
            "nodif_brain_mask "
            "T1_brain_inskull_mask T1_brain_seg_1 x_NeuroMorph_TIV x_NeuroMorph_Brain "
            "lesionmask_mask",
    "labels": "T1_brain_seg T1_brain_pveseg T1_all_fast_firstseg T1_all_fast_origsegs "
              "T1-L_Hipp_first "
              "T1_subcort_seg p0T1 wp0T1 antsBrainSegmentation x_NeuroMorph_Parcellation "
              "T1_synthseg "
              "BRATS_001_seg ABC_Tissue_Classes T1_segm labelmap labelsTr nodes aparc+aseg "
              "aparc.a2009s+aseg",
    "probability": "c1T1 c6T1 wc1T1 mwc1T1 rc2T1 smwc1T1 s8mwc1T1 c1sub-01_T1w p1T1 mwp1T1 "
                   "mwmwp2T1 "
                   "rp1T1_affine T1_brain_pve_0 T1_brain_prob_1 antsBrainSegmentationPosteriors1 "
                   "BrainSegmentationPosteriors03 5tt 5tt_hsvs SegmentationPosteriors",
    "other": "y_T1 iy_T1 BiasField_T1 u_rc1T1 T1_brain_bias T1_fast_totbias T1_brain_mixeltype "
             "T1_brain_skull T1_brain_overlay T1_to_MNI_nonlin_field T1_to_MNI_nonlin_coeff T1_jac "
             "ants1Warp T1_1InverseWarp T1_0Warp Warp T1_warp antsCorticalThickness T1_N4BiasField "
             "wmfod wm_fod csffod fod gmwmi T1_phase phase magn_part-imag fieldmap B0map b0_map "
             "TB1map zstat1 T1_ph gre_e1_ph INV1-PHS x_imaginary spmT_0001 "
             "con_0002 dti_L1 dti_V1 dti_tensor",
    "image": "T1_brain_restore T1_restore antsBrainExtractionBrain antsBrainSegmentation0N4 "
             "T1_Warped T1_bet "
             "T1InverseWarped mT1 c1_T1 p01_T1 p1_T1 C1T1 segment maskerade T1_skull_stripped "
             "magnitude "
             "T1_with_skull tensor_fa anat itksnap_img4d c1 p0 y real",
}  # fmt: skip
FREESURFER = {
    "image": "T1 orig rawavg nu orig_nu brain norm brainmask brainmask.auto brain.finalsurfs T2 "
             "FLAIR "
             "T2.norm antsdn.brain",
    "labels": "aseg aseg.presurf aseg.auto_noCCseg aparc+aseg aparc.a2009s+aseg wmparc filled "
              "ribbon wm.seg "
              "aparc.DKTatlas+aseg.deep lh.hippoSfLabels-T1.v10 synthseg.rca",
    "mask": "mask lh.ribbon rh.ribbon",
    "other": "wm wm.asegedit ctrl_pts",
}  # fmt: skip
LESSON = "T1 T1_brain T1_brain_mask b0 b0_mask T1_mask"


def rows(table):
    return [(expected, name) for expected, names in table.items() for name in names.split()]


@pytest.mark.parametrize(("contrast", "name"), rows(CONTRASTS))
def test_a_name_says_what_an_image_shows(contrast, name):
    says = meaning(f"{name}.nii.gz", name)
    assert (says.role, says.contrast, says.known) == ("image", contrast, True)


@pytest.mark.parametrize(("role", "name"), rows(ROLES))
def test_a_name_of_a_common_program_says_what_a_file_is_for(role, name):
    assert meaning(f"{name}.nii.gz", name).role == role


@pytest.mark.parametrize(("role", "name"), rows(FREESURFER))
def test_freesurfers_names_are_its_own(role, name):
    says = meaning(f"{name}.mgz", name)
    assert says.role == role
    if role == "image" and name[:2] not in ("T2", "FL"):
        assert says.contrast == "T1"


@pytest.mark.parametrize(
    ("name", "processing"),
    [
        ("T1", ""), ("T1_brain", "stripped"), ("T1_bet", "stripped"), ("mT1", "corrected"),
        ("T1_N4", "corrected"), ("T1_brain_restore", "corrected stripped"), ("rT1", ""),
        ("wmT1", "corrected normalised"),
        ("T1_to_MNI_lin", "normalised"), ("T1Warped", "normalised"),
        ("antsBrainExtractionBrain", "stripped"),
        ("antsBrainSegmentation0N4", "corrected stripped"),
        ("MNI152_T1_2mm", "normalised"), ("T1_skull_stripped", "stripped"), ("T1_with_skull", ""),
        ("sub-mni01_T1", ""),
    ],
)  # fmt: skip
def test_a_name_says_what_was_done_to_an_image(name, processing):
    assert meaning(f"{name}.nii", name).processing == frozenset(processing.split())


STEPS = st.lists(
    st.sampled_from(["brain", "N4", "restore", "bet", "biascorr", "MNI", "Warped", "ss", "masked"]),
    max_size=3,
)
T1S = st.sampled_from(["T1", "t1", "T1w", "t1w", "MPRAGE", "t1_mprage", "T1w_defaced"])
WHOSE = st.sampled_from(["", "sub-01_", "sub-01_ses-gd_", "subj7_", "IXI002-Guys-0828-", "2021_"])


@given(WHOSE, T1S, STEPS)
def test_a_t1_stays_a_t1_whoever_it_is_of_and_whatever_was_done(whose, t1, steps):
    name = whose + "_".join([t1, *steps])
    says = meaning(f"{name}.nii.gz", name)
    assert (says.role, says.contrast) == ("image", "T1")
    for mask in ("mask", "brain_mask"):
        assert meaning(f"{name}_{mask}.nii.gz", f"{name}_{mask}").role == "mask"


@given(
    st.lists(st.sampled_from(["T2", "FLAIR", "b0", "PD", "ADC", "aaa", "T1Gd"]), unique=True),
    T1S,
    STEPS,
)
def test_the_t1_comes_first_of_all_contrasts_in_any_processing(tmp_path, others, t1, steps):
    name = "_".join([t1, *steps])
    paths = {f"{one}.nii": tmp_path for one in [*others, name, "T1_mask", "b0_mask"]}
    study = study_files("made", paths)
    assert next(iter(study.files)) == name
    assert list(study.of("mask")) == ["T1_mask", "b0_mask"]


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ("T1 T1_brain", "T1_brain"), ("T1 T1_brain T1_brain_mask", "T1"),
        ("T1_N4 T1 mT1", "T1"), ("T1_brain_restore T1_brain", "T1_brain"), ("wmT1 mT1", "mT1"),
        ("T1_brain T1 T1_gm_mask", "T1_brain"), ("T1_brain T1 T1_lesion_mask", "T1_brain"),
        ("T1gd FLAIR", "T1gd"), ("T1gd T1 FLAIR", "T1"), ("T1map T2 PD", "T1map"),
        ("b0 T1_brain", "T1_brain"), ("aaa FLAIR T2", "T2"), (LESSON, "T1"),
    ],
)  # fmt: skip
def test_of_one_contrast_the_best_for_a_fit_comes_first(tmp_path, names, first):
    study = study_files("made", {f"{name}.nii": tmp_path for name in names.split()})
    assert next(iter(study.files)) == first


@pytest.mark.parametrize(
    ("name", "role", "contrast"),
    [
        ("sub-01_T1w", "image", "T1"), ("sub-01_ce-gd_T1w", "image", "T1Gd"),
        ("sub-01_UNIT1", "image", "T1"), ("sub-01_inv-1_part-mag_MP2RAGE", "image", "INV1"),
        ("sub-01_inv-2_MP2RAGE", "image", "INV2"), ("sub-01_part-phase_T1w", "other", "T1"),
        ("sub-01_inv-1_part-real_MP2RAGE", "other", "INV1"),
        ("sub-01_part-imag_bold", "other", "bold"),
        ("sub-01_echo-1_part-mag_MEGRE", "image", "MEGRE"),
        ("sub-01_echo-2_MEGRE", "image", "MEGRE"),
        ("sub-01_echo-1_MESE", "image", "MESE echo-1"),
        ("sub-01_echo-2_MESE", "image", "MESE echo-2"),
        ("sub-01_flip-1_mt-off_MPM", "image", "named mpm flip-1 mt-off"),
        ("sub-01_flip-2_mt-off_MPM", "image", "named mpm flip-2 mt-off"),
        ("sub-01_desc-preproc_T1w", "image", "T1"), ("sub-01_acq-T2_run-2_T1w", "image", "T1"),
        ("sub-01_label-GM_probseg", "probability", None), ("sub-01_desc-brain_mask", "mask", None),
        ("sub-01_hemi-L_thickness", "other", None), ("sub-01_TB1map", "other", None),
        ("sub-01_asl", "image", "asl"), ("sub-01_T1map", "image", "T1map"),
        ("sub-01_R1map", "image", "T1map"), ("sub-01_phasediff", "other", None),
    ],
)  # fmt: skip
def test_a_bids_name_says_it_by_suffix_and_entities(name, role, contrast):
    *pairs, suffix = name.split("_")
    says = bids_meaning(f"{name}.nii.gz", dict(p.split("-") for p in pairs) | {"suffix": suffix})
    assert says.role == role
    assert contrast is None or says.contrast == contrast


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("labels_csf1_gm2_wm3", {1: "CSF", 2: "GM", 3: "WM"}),
        ("seg_GM-2_WM-3", {2: "GM", 3: "WM"}),
        ("T1_pveseg", conventions.CSF_GM_WM), ("niworkflows_FAST_class_map", conventions.CSF_GM_WM),
        ("p0sub01", conventions.CSF_GM_WM), ("mwp0T1", conventions.CSF_GM_WM),
        ("dseg", {}), ("bigwm3", {}), ("gm1000", {}), ("breakfast_seg", {}), ("map0T1", {}),
    ],
)  # fmt: skip
def test_a_name_can_say_which_label_is_which_tissue(name, expected):
    assert conventions.label_names(name) == expected


def test_every_line_of_the_table_has_its_source():
    lines = [*conventions.ROLE_LINES, *conventions.CONTRAST_LINES, *conventions.LABEL_LINES]
    assert all(line.source for line in lines)
    assert all(source for _, source, _ in conventions.PROCESSING_WORDS)


def test_every_contrast_with_a_rank_is_in_the_table():
    known = {line.contrast for line in conventions.CONTRAST_LINES} | {"asl"}
    ranked = {*conventions.FIRST_CONTRASTS, *conventions.LATE_CONTRASTS, *conventions.LIKE_T1}
    assert ranked <= known
