"""What programs and people call their files: one table, each line with its source.

A *whole* pattern describes all of a name without its extensions, case and all; a *word* stands
anywhere between separators, or follows a small letter or digit as a capital. Of the lines on one
thing the first that matches counts, so that names of single programs come before words of everyday
use.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from dashboard.core.reading.names import MGH

# "other" is none of these, and in no fit: bias fields, warps, phases, thickness, statistics.
Role = Literal["image", "mask", "labels", "probability", "other"]

ROLES: tuple[Role, ...] = ("image", "mask", "labels", "probability", "other")

_START = r"(?:(?<![A-Za-z\d])|(?-i:(?<=[a-z\d])(?=[A-Z]))|(?<=\dD))"
_END = r"(?:(?![A-Za-z])|(?-i:(?<=[a-z\d])(?=[A-Z])))"


def whole_words(words: str) -> re.Pattern[str]:
    """Return a pattern for whole words of a name, which a number may follow as in mask2."""
    return re.compile(rf"(?:^|[_\-+. ])(?:{words})(?:$|[_\-+. \d])", re.IGNORECASE)


@dataclass(frozen=True)
class RoleLine:
    """What a name says a file is for.

    Attributes
    ----------
    source : str
        The program, standard or habit.
    role : Role
    pattern : str
    kind : {"word", "whole", "part"}
        Whole words, the whole name, or any part of it; the last two mind capitals.
    mgh : bool
        Whether this holds only for FreeSurfer's formats: with others its names mean something
        else.
    """

    source: str
    role: Role
    pattern: str
    kind: Literal["word", "whole", "part"] = "word"
    mgh: bool = False

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return whole_words(self.pattern) if self.kind == "word" else re.compile(self.pattern)

    def matches(self, file_name: str, stem: str) -> bool:
        """Return whether this line is about a file."""
        if self.mgh and not file_name.lower().endswith(MGH):
            return False
        found = self._expression.fullmatch if self.kind == "whole" else self._expression.search
        return found(stem) is not None


FREESURFER = "FreeSurfer, surfer.nmr.mgh.harvard.edu/fswiki/ReconAllOutputFiles"
FASTSURFER = "FastSurfer, deep-mi.org/FastSurfer/dev/overview/OUTPUT_FILES.html"
SPM = "SPM12 manual, Segment: Tissues, Bias field, Deformation fields"
CAT = "CAT12 manual, neuro-jena.github.io/cat12-help: Naming convention of output files"
BET = "FSL BET, fsl.fmrib.ox.ac.uk/fsl/docs: bet -o -m -s -A"
FAST = "FSL FAST, fsl.fmrib.ox.ac.uk/fsl/docs: fast output files"
FIRST = "FSL FIRST, run_first_all output files"
FNIRT = "FSL FNIRT: --cout, --fout, --jout; fsl_anat"
FEAT = "FSL FEAT and SPM: maps of statistics"
DTIFIT = "FSL DTIFIT output files"
ANTS = "ANTs, antsBrainExtraction.sh, antsCorticalThickness.sh, antsRegistration -o"
BIDS = "BIDS specification: suffixes, part-, derivatives"
MRTRIX = "MRtrix3: 5ttgen, dwi2fod, 5tt2gmwmi, labelconvert"
GIF = "GIF and NiftySeg: _NeuroMorph_"
TOOLS = "HD-BET, SynthSeg, SynthStrip, ITK-SNAP, volBrain"
CHALLENGES = "Medical Segmentation Decathlon, nnU-Net, BraTS, MRBrainS"
DICOM = "protocol names of scanners, as dcm2niix keeps them, and its own endings"
EVERYDAY = "words that people use"

ROLE_LINES: tuple[RoleLine, ...] = (
    # FreeSurfer's brainmask is the skull-stripped T1, and its wm shows intensities of white matter.
    RoleLine(FREESURFER, "image", r"brainmask(\.\w+)?|brain(\.finalsurfs.*)?|norm|nu(_noneck)?|"
             r"orig(_nu)?|rawavg|T1|(T2|FLAIR)(\.\w+)?|antsdn\.brain|synthstrip", "whole", True),
    RoleLine(FREESURFER, "other", r"wm(\.(?!seg$)[\w.]+)?|ctrl_pts|mca-dura|vsinus|segment",
             "whole", True),
    RoleLine(FREESURFER, "mask", r"[lr]h\.ribbon", "whole", True),
    RoleLine(FREESURFER, "labels", r"(aseg|aparc|wmparc|filled|ribbon|synthseg|surface\.defects|"
             r"[lr]h\.(hippo|amyg)|hypothalamic|brainstem|Thalamic|gtmseg|wm\.seg).*",
             "whole", True),
    RoleLine(FASTSURFER, "mask", r"mask(\.\w+)?", "whole", True),
    RoleLine(SPM, "other", r"(i?y|wj|BiasField)_.+|u_rc\d.+", "whole"),
    RoleLine(FEAT, "other", r"(spm[TF]|con|beta|ess)_\d{4}|ResMS|RPV", "whole"),
    RoleLine(CAT, "labels", r"(r|w|mw)?p0[A-Za-z].*", "whole"),
    RoleLine(SPM, "probability", r"(s\d*)?(mw|m0w|w|r)c[1-6].*", "whole"),
    RoleLine(SPM, "probability", r"c[1-6][A-Za-z].*", "whole"),
    RoleLine(CAT, "probability", r"(s\d*)?(mwmw|mw|m0w|w|r)p[1-6].*|p[1-6][A-Za-z].*", "whole"),
    RoleLine(ANTS, "mask", r"BrainExtractionMask$|TemplateBrainMask$", "part"),
    RoleLine(ANTS, "probability", r"Segmentation(Posteriors|Priors|Prior)\d*$|"
             r"Priors?Warped\d*$", "part"),
    RoleLine(ANTS, "other", r"N4BiasField|BiasField$|CorticalThickness|LogJacobian|"
             r"BrainExtractionLaplacian|(Inverse|\d)Warp$|(^|_)(Inverse)?Warp$|TiledMosaic",
             "part"),
    RoleLine(ANTS, "image", r"BrainSegmentation\dN4$|ExtractedBrain\dN4$|BrainExtractionBrain$|"
             r"BrainNormalizedToTemplate$", "part"),
    RoleLine(ANTS, "labels", r"BrainSegmentation$|BrainExtractionSegmentation$", "part"),
    RoleLine(GIF, "labels", r"_NeuroMorph_(Parcellation|Segmentation)$", "part"),
    RoleLine(GIF, "mask", r"_NeuroMorph_(Brain|TIV)$", "part"),
    RoleLine(GIF, "probability", r"_NeuroMorph_prior$", "part"),
    RoleLine(BET, "other", r"(?:brain|bet)_(?:skull|overlay|mesh|outskin|outskull|inskull)"
             r"(?!_mask)(?:_mesh)?|overlay"),
    RoleLine(FAST, "mask", r"(?<=_)seg_\d"),
    RoleLine(FAST, "other", r"mixeltype|(?:tot)?bias|bias[_\-]?field"),
    RoleLine(FAST, "labels", r"pveseg"),
    RoleLine(FIRST, "labels", r"all_\w+_(?:first|orig)segs?|firstsegs?|"
             r"[LR]_\w+_first(?:_corr)?|subcort_seg"),
    RoleLine(FNIRT, "other", r"(?:inv)?warp(?:coef|field)?|nonlin_(?:field|coeff|jac)|fieldcoef|"
             r"jac(?:obian)?|coeff|displacements?|deformations?|xfm"),
    RoleLine(FEAT, "other", r"(?:z|t|f)stat|(?:var)?cope|tsnr|pval"),
    RoleLine(DTIFIT, "other", r"dti_(?:L[123]|V[123]|MO|sse)|tensor$"),
    RoleLine(MRTRIX, "probability", r"5tt\w*"),
    RoleLine(MRTRIX, "other", r"(?:wm|gm|csf)?_?fods?(?:_norm)?|tdi|gmwm(?:i|seed)|peaks"),
    RoleLine(MRTRIX, "labels", r"nodes|parcels"),
    RoleLine(DICOM, "other", r"phase|imag(inary)?", "whole"),
    RoleLine(BIDS, "other", r"part-(?:phase|real|imag)|"
             r"(?<=[_\-])(?:phase|phs?|real|imag(?:inary)?)|phasediff|phase[12]|(?:T?R?B[01]|TB1\w+|B0)_?map|fieldmap|fmap|epi_fieldmap|thickness|"
             r"curv|sulc"),
    RoleLine(TOOLS, "other", r"(?:signed_)?distances?(?:_map)?|uncertainty|entropy|noise_?map"),
    RoleLine(EVERYDAY, "probability", r"probsegs?|probtissue|probs?|probability|pve|tpm|priors?|"
             r"posteriors?|probabilities|softmax"),
    # Before words of labels and tissues: "gm_mask" is a mask.
    RoleLine(EVERYDAY, "mask", r"masks?|brain_?mask|defacemask|bin_?mask|inskull"),
    RoleLine(EVERYDAY, "mask", r"(?<=[a-z\d])Mask(?![a-z])", "part"),
    RoleLine(CHALLENGES, "labels", r"labels?(?:Tr|Ts)?|label_?maps?|gt|ground_?truth|"
             r"manual_?seg\w*|lesions?|wmh"),
    RoleLine(TOOLS, "labels", r"synthseg|crisp|parcel(?:lation)?s?"),
    # "labels_csf1_gm2_wm3" is a label map, although it names tissues.
    RoleLine(EVERYDAY, "labels", r"dseg|aseg|segs?|segm|segmentations?|pveseg|rois?|parc|aparc|"
             r"wmparc|ribbon|atlas|class_?map|class[\-. ]map|tissue_?class(?:es)?|dtissue"),
    RoleLine(EVERYDAY, "probability", r"csf|gm|wm|gr[ea]y|white"),
)  # fmt: skip

CSF_GM_WM = {1: "CSF", 2: "GM", 3: "WM"}


@dataclass(frozen=True)
class LabelLine:
    """What a name says the labels of a label map are.

    Attributes
    ----------
    source : str
    pattern : str
        Of a part of the name.
    names : mapping of int to str
    """

    source: str
    pattern: str
    names: Mapping[int, str]


LABEL_LINES = (
    LabelLine(CAT, r"^(?:r|w|mw)?p0[A-Za-z]", CSF_GM_WM),
    LabelLine(FAST, r"pveseg|(?<![A-Za-z])FAST(?![A-Za-z])", CSF_GM_WM),
)
# A name that says itself which label is which tissue, such as labels_csf1_gm2_wm3.
_TISSUE_OF_LABEL = re.compile(r"(?<![a-z])(csf|gm|wm)[-_]?(\d{1,3})(?!\d)", re.IGNORECASE)


def label_names(name: str) -> dict[int, str]:
    """Return the names of a label map's labels as far as its own name says them."""
    if own := {int(number): tissue.upper() for tissue, number in _TISSUE_OF_LABEL.findall(name)}:
        return own
    return dict(next((line.names for line in LABEL_LINES if re.search(line.pattern, name)), {}))


@dataclass(frozen=True)
class ContrastLine:
    """What a name says an image shows.

    Attributes
    ----------
    source : str
    contrast : str
    words : str
        A pattern, without regard to capitals.
    weak : bool
        Whether any other contrast in the name is the better one: the dwi of dwi_b0.
    """

    source: str
    contrast: str
    words: str
    weak: bool = False

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The pattern between the borders of a word."""
        return re.compile(rf"{_START}(?:{self.words})", re.IGNORECASE)


_GAP = r"[_\-. ]?"
QMRI = "BIDS specification, quantitative MRI; hMRI toolbox; qMRLab"
DIFFUSION = "FSL DTIFIT, MRtrix dwi2tensor, scanners' maps of diffusion"

# From the likeliest X to the least likely; of lines at one place in a name the first counts.
CONTRAST_LINES: tuple[ContrastLine, ...] = (
    ContrastLine(QMRI, "T1map", rf"(?:t1{_GAP}(?:map\w*|quant\w*)|qt1|r1(?:{_GAP}map)?{_END})"),
    ContrastLine(QMRI, "T1rho", rf"t1{_GAP}rho"),
    ContrastLine(QMRI, "INV1", rf"(?:t1\w*{_GAP})?(?:mp2rage{_GAP})?inv{_GAP}(?:0{{0,2}}1){_END}"),
    ContrastLine(QMRI, "INV2", rf"(?:t1\w*{_GAP})?(?:mp2rage{_GAP})?inv{_GAP}(?:0{{0,2}}2){_END}"),
    ContrastLine(CHALLENGES, "T1Gd",
                 rf"t1(?:w|wi)?{_GAP}(?:(?:gd|gad|ce|cm|km|c|contrast|enh){_END}|\+c|c\+|gado\w*|"
                 rf"post(?!{_GAP}op)\w*|enhanced|with{_GAP}contrast)"),
    ContrastLine(CHALLENGES, "T1Gd", rf"(?:gd|gad|gadolinium|post{_GAP}contrast|post|ce){_GAP}t1"),
    ContrastLine(BIDS, "inplaneT1", r"inplane_?t1"),
    ContrastLine(BIDS, "inplaneT2", r"inplane_?t2"),
    ContrastLine(BIDS, "T1", r"t1(?!\d)|unit1|me_?mpr\w*|mprage\w*|mp2rage|mpr(?![a-z])"),
    ContrastLine(DICOM, "T1", rf"(?:ir{_GAP})?f?spgr\w*|bravo|tfl3?d?{_END}|"
                 rf"uni(?:{_GAP}den)?{_END}"),
    ContrastLine(FREESURFER, "T1", rf"^(?:orig(?:_nu)?|rawavg|nu|norm|brain(?:mask|{_GAP}final"
                 r"surfs)?|antsdn\.brain|synthstrip)(?:\.\w+)*$"),
    ContrastLine(BIDS, "b0", rf"(?:b{_GAP}0+|b=0)s?(?![\da-z]|_?map)|b{_GAP}?zero|nodif|"
                 rf"dti_s0|s0{_END}"),
    ContrastLine(QMRI, "T2map", rf"t2{_GAP}(?:map\w*|quant\w*)|qt2|r2(?:{_GAP}map)?{_END}"),
    ContrastLine(QMRI, "T2starmap", rf"t2{_GAP}(?:star|s|\*){_GAP}map|r2{_GAP}(?:star|s|\*)\w*"),
    ContrastLine(DICOM, "FLAIR", rf"t2{_GAP}w?{_GAP}(?:tirm|dark{_GAP}fluid|flair|f{_END})|"
                 rf"flair\w*|dark{_GAP}fluid|tirm"),
    ContrastLine(BIDS, "T2star", rf"t2{_GAP}(?:w{_GAP})?(?:star\w*|\*|s{_END})"),
    ContrastLine(BIDS, "T2", r"t2(?!\d)"),
    ContrastLine(QMRI, "PDmap", rf"pd{_GAP}map|qpd"),
    ContrastLine(BIDS, "PD", rf"pd(?:w|t2)?{_END}|proton{_GAP}density"),
    ContrastLine(DICOM, "DIR", rf"dir{_END}"),
    ContrastLine(DICOM, "STIR", rf"stir{_END}"),
    ContrastLine(DICOM, "PSIR", rf"psir{_END}"),
    ContrastLine(DICOM, "SWI", rf"swi(?:w|p)?{_END}|swan{_END}"),
    ContrastLine(QMRI, "QSM", rf"qsm{_END}|chi{_GAP}map"),
    ContrastLine(QMRI, "MT", rf"mt{_GAP}(?:r|sat|w|on|s)(?:{_GAP}map)?{_END}"),
    ContrastLine(DIFFUSION, "ADC", rf"adc{_END}|(?:md|mean{_GAP}diffusivity){_END}"),
    ContrastLine(DIFFUSION, "FA", rf"fa{_END}"),
    ContrastLine(DIFFUSION, "AD", rf"ad{_END}"),
    ContrastLine(DIFFUSION, "RD", rf"rd{_END}"),
    ContrastLine(DIFFUSION, "trace", rf"trace\w*|tr{_END}"),
    ContrastLine(DICOM, "CT", rf"ct{_END}", weak=True),
    ContrastLine(BIDS, "MEGRE", rf"me{_GAP}gre{_END}"),
    ContrastLine(BIDS, "MESE", rf"me{_GAP}se{_END}"),
    ContrastLine(BIDS, "sbref", rf"sbref{_END}", weak=True),
    ContrastLine(BIDS, "boldref", rf"boldref{_END}", weak=True),
    ContrastLine(BIDS, "m0scan", rf"m0scan{_END}", weak=True),
    ContrastLine(BIDS, "dwi", rf"(?:dwi|dti){_END}", weak=True),
    ContrastLine(BIDS, "cbf", rf"cbf{_END}", weak=True),
    ContrastLine(BIDS, "bold", rf"bold{_END}", weak=True),
)  # fmt: skip

# A study opens with an anatomical image as X, and the lesson's b0 or the next contrast as Y. An
# image with contrast agent is an unlikely partner of the one without, and a diffusion run comes
# late: it has many volumes on its own grid and opens slowly.
FIRST_CONTRASTS = ("T1", "b0", "T2", "FLAIR", "PD", "T2star", "inplaneT1", "inplaneT2", "T1map",
                   "T1Gd")  # fmt: skip
LATE_CONTRASTS = ("sbref", "boldref", "m0scan", "dwi", "cbf", "asl", "bold")
# The volumes of a file are samples in time or of diffusion rather than contrasts.
SAMPLES_WORDS = r"bold|fmri|func|rest|task|p?c?asl|cbf|perf\w*|dsc|dce|dwi|dti|dmri|hardi|diff\w*"
# Without a T1, the first of these is X.
LIKE_T1 = ("T1", "T1Gd", "T1map", "inplaneT1", "INV1")
# An agent makes another contrast of T1; of an MP2RAGE, each inversion is one.
AGENT, INVERSIONS = "ce", {"1": "INV1", "2": "INV2"}
# Entities of BIDS, in one acquisition, that make other contrasts: those of MPM, MTS, VFA and MESE.
CONTRAST_ENTITIES = {"MPM": ("flip", "mt"), "MTS": ("flip", "mt"), "VFA": ("flip",),
                     "MESE": ("echo",), "PDT2": ("echo",), "IRT1": ("inv",)}  # fmt: skip

# What was done to an image: the same contrast, once more.
Processing = Literal["stripped", "corrected", "normalised"]
PROCESSING_WORDS: tuple[tuple[Processing, str, str], ...] = (
    ("stripped", "BET, HD-BET, SynthStrip, ANTs, FreeSurfer",
     r"brain|bet|ss|skull[_\-]?strip(?:ped)?|skullstripped|stripped|masked|extracted|"
     r"deskulled|noskull|nonskull"),
    ("corrected", "N4, FAST, FreeSurfer, SPM, fMRIPrep",
     r"n[34]|restored?|bias_?corr\w*|nu|corr|corrected|unbiased|denoised|preproc|orig_nu|orig|"
     r"rawavg|norm|brainmask|finalsurfs|BiasCorrected|UNIT1|uni(?:[_\-]?den)?"),
    ("normalised", "ANTs, FNIRT, SPM, templateflow",
     r"mni\w*|warped|inverse_?warped|std|template|talairach|to_std|space-(?!T1w|T2w|orig|native)\w+"),
)  # fmt: skip
# As parts of a name: ANTs joins them to what its user chose.
PROCESSING_PARTS: tuple[tuple[Processing, str, str], ...] = (
    (
        "stripped",
        FREESURFER,
        r"^(norm|brainmask(\.\w+)?|brain\.finalsurfs.*|antsdn\.brain|synthstrip)$",
    ),
    ("stripped", ANTS, r"BrainExtractionBrain$|(BrainSegmentation|ExtractedBrain)\dN4$"),
    ("corrected", ANTS, r"\dN4$|N4$|Denoised$|_NeuroMorph_BiasCorrected$"),
    ("normalised", ANTS, r"NormalizedToTemplate$|(Inverse)?Warped$"),
)
# SPM puts letters before a name: realigned, resliced, unwarped, smoothed; m and w change the form.
SPM_PREFIX = r"(?:s\d*)?[mruaw]{1,4}(?=T1|T2|PD|FLAIR|MPRAGE|t1|t2|flair|mprage|sub-)"
SPM_LETTERS: dict[str, Processing] = {"m": "corrected", "w": "normalised"}

# A region inside a head: as the foreground it would keep a lesion alone, and as a reference it has
# no tissues. L is the label of lesions in BIDS.
REGION_WORDS = (
    r"lesions?|lesionmask(?:inv)?|tumou?rs?|tumou?rmask|o?edema|wmh|infarcts?|necrosis|rois?|gt|"
    r"label-l|stroke|[gcp]tv|ha?ematoma|ha?emorrhage|ischa?emia|mets?|metastas[ei]s|core|penumbra|"
    r"enhancing|resection|cavity|hippocamp\w*|amygdala|thalamus|brain_?stem|cerebell\w*"
)
# Win over other words, as in tumor_003_brain_mask.
BRAIN_MASK_WORDS = r"brain[_\-. ]?mask"
BRAIN_WORDS = r"brain|brainmask|bet|skullstrip(?:ped)?|head"
PART_WORDS = (
    r"csf|gm|wm|gr[ea]y|white|skull|scalp|face|defacemask|ventricles?|vessels?|outskin|outskull|"
    r"seg|[lr]h|ribbon|cortex"
)
# Of several references, tissues come before parcels of the cortex, and hemispheres last.
REFERENCE_WORDS: tuple[tuple[int, str], ...] = (
    (3, r"filled|defects|hippo\w*|amyg\w*|hypothalamic\w*|brainstem\w*|thalamic\w*|[lr]h|first\w*"),
    (2, r"aparc\w*|wmparc\w*|parc|parcellation|parcels|nodes|atlas"),
    (1, r"ribbon"),
)
